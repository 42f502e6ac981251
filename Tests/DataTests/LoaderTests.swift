import Datasets
import Tensor
import Testing

@Suite struct LoaderTests {
    private let pipeline = Augmentation([
        .randomCrop(Spatial(height: 7, width: 9), padding: 2, mode: .reflect), .alternatingFlip,
    ])
    private let normalization = Normalization(
        mean: [0.4, 0.5, 0.6], standardDeviation: [0.2, 0.3, 0.25])

    private func loader(
        _ set: PatternDataset, workers: Int, batchSize: Int = 8, shuffle: Bool = true,
        dropLast: Bool = false, unreadable: UnreadableImagePolicy = .fail
    ) -> BatchLoader {
        BatchLoader(
            set, batchSize: batchSize, augmentation: pipeline, normalization: normalization,
            seed: 11, workers: workers, dropLast: dropLast,
            sampling: shuffle ? .shuffled : .sequential,
            unreadable: unreadable)
    }

    private func all(_ loader: BatchLoader, epoch: Int, from first: Int = 0) throws -> [Batch] {
        let iterator = loader.batches(epoch: epoch, startingAt: first)
        var batches: [Batch] = []
        while let batch = try iterator.next() {
            batches.append(batch)
            if batches.count % 2 == 0 { iterator.recycle(batch) }
        }
        return batches
    }

    private func expectEqual(_ a: [Batch], _ b: [Batch]) {
        #expect(a.count == b.count)
        for (a, b) in zip(a, b) {
            #expect(a.images == b.images && a.shape == b.shape && a.labels == b.labels)
            #expect(a.indices == b.indices && a.number == b.number)
        }
    }

    @Test func workersChangeNothing() throws {
        let set = PatternDataset(count: 101)
        for epoch in 0..<3 {
            let expected = try all(loader(set, workers: 0), epoch: epoch)
            #expect(expected.count == 13 && expected.last!.count == 5)
            #expect(expected.flatMap(\.indices).sorted() == Array(0..<101))
            for workers in 1...3 {
                expectEqual(try all(loader(set, workers: workers), epoch: epoch), expected)
            }
        }
    }

    @Test func contentIsWhatTheParametersSay() throws {
        let set = PatternDataset(count: 30)
        let loader = loader(set, workers: 2)
        let batches = try all(loader, epoch: 4)
        for batch in batches {
            #expect(batch.shape == [batch.count, 7, 9, 3])
            #expect(batch.images.count == batch.count * 7 * 9 * 3)
            for (place, index) in batch.indices.enumerated() {
                #expect(batch.labels[place] == Int32(index % 3))
                let image = pipeline.apply(
                    try set.image(at: index), seed: 11, epoch: 4, index: index)
                let expected = image.pixels.enumerated().map { offset, byte in
                    (Float(byte) / 255 - normalization.mean[offset % 3])
                        / normalization.standardDeviation[offset % 3]
                }
                #expect(Array(batch.images[(place * 189)..<((place + 1) * 189)]) == expected)
            }
        }
        #expect(batches.flatMap(\.indices) == loader.order(epoch: 4))
        #expect(loader.order(epoch: 4) != loader.order(epoch: 5))
    }

    @Test(arguments: [0, 2])
    func startsInTheMiddle(workers: Int) throws {
        let set = PatternDataset(count: 100)
        let whole = try all(loader(set, workers: 0), epoch: 2)
        for first in [0, 1, 7, 12, 13, 50] {
            let rest = try all(loader(set, workers: workers), epoch: 2, from: first)
            expectEqual(rest, Array(whole.dropFirst(first)))
        }
    }

    @Test func startingInTheMiddleReadsNothingBefore() throws {
        let plain = PatternDataset(count: 40, unreadable: Set(0..<16))
        let rest = try all(loader(plain, workers: 2, shuffle: false), epoch: 0, from: 2)
        #expect(rest.flatMap(\.indices) == Array(16..<40))
    }

    @Test func dropsTheLastBatchIfAsked() throws {
        let loader = loader(PatternDataset(count: 23), workers: 1, dropLast: true)
        #expect(loader.batchCount == 2)
        #expect(try all(loader, epoch: 0).map(\.count) == [8, 8])
        let small = self.loader(PatternDataset(count: 5), workers: 1, dropLast: true)
        #expect(try all(small, epoch: 0).isEmpty)
    }

    @Test(arguments: [0, 1, 3])
    func stopsEarly(workers: Int) throws {
        for _ in 0..<20 {
            let iterator = loader(PatternDataset(count: 500), workers: workers).batches(epoch: 0)
            _ = try iterator.next()
            iterator.cancel()
            #expect(try iterator.next() == nil)
        }
        // Dropped without a word.
        for _ in 0..<20 {
            _ = try loader(PatternDataset(count: 500), workers: workers).batches(epoch: 0).next()
        }
    }

    @Test(arguments: [0, 2])
    func unreadablePicturesReachTheConsumer(workers: Int) throws {
        let set = PatternDataset(count: 40, unreadable: [19])
        let iterator = loader(set, workers: workers, shuffle: false).batches(epoch: 0)
        #expect(try iterator.next()?.count == 8)
        #expect(try iterator.next()?.count == 8)
        do {
            _ = try iterator.next()
            Issue.record("the unreadable picture was passed over")
        } catch {
            #expect(error.description == "pattern/19: cannot be read: it burned")
        }
        #expect(try iterator.next() == nil)
    }

    @Test(arguments: [0, 2])
    func unreadablePicturesAreLeftOutIfAsked(workers: Int) throws {
        let set = PatternDataset(count: 20, unreadable: [0, 9, 16, 17, 18, 19])
        let batches = try all(
            loader(set, workers: workers, shuffle: false, unreadable: .skip), epoch: 0)
        #expect(batches.map(\.count) == [7, 7, 0])
        #expect(batches.map(\.failures.count) == [1, 1, 4])
        #expect(batches.flatMap(\.indices) == Array(1...8) + Array(10...15))
        for batch in batches { #expect(batch.images.count == batch.count * 189) }
        #expect(batches[1].failures[0].name == "pattern/9")
    }

    @Test func unequalSizesAreNamed() throws {
        let set = PatternDataset(count: 20, oddSizes: [5])
        let loader = BatchLoader(
            set, batchSize: 8, normalization: normalization, workers: 2)
        do {
            _ = try loader.batches(epoch: 0).next()
            Issue.record("a batch of unequal pictures was made")
        } catch {
            #expect(
                error.description
                    == "pattern/5: is 7x10 (height x width) where its batch has 7x9; resize or crop "
                    + "to one size")
        }
    }

    @Test func preprocessingIsWhatInferenceDoes() throws {
        let preprocessing = Preprocessing(
            resize: .shorterSide(6), crop: 5, mean: [0.1, 0.2, 0.3],
            standardDeviation: [0.5, 0.6, 0.7])
        let set = PatternDataset(count: 9)
        let batches = try all(
            BatchLoader(set, batchSize: 4, preprocessing: preprocessing, workers: 2), epoch: 0)
        let expected = try (0..<9).flatMap { preprocessing.apply(try set.image(at: $0)) }
        #expect(batches.flatMap(\.images) == expected)
    }
}

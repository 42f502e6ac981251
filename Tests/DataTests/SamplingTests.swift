import Datasets
import Tensor
import Testing

@Suite struct SamplingTests {
    private let plain = Normalization.identity

    private func loader(
        _ set: any Dataset, _ sampling: Sampling, augmentation: Augmentation = .none,
        mixing: BatchMixing? = nil, workers: Int = 0, batchSize: Int = 8
    ) -> BatchLoader {
        BatchLoader(
            set, batchSize: batchSize, augmentation: augmentation, normalization: plain, seed: 5,
            workers: workers, sampling: sampling, mixing: mixing)
    }

    private func batches(_ loader: BatchLoader, epoch: Int, from first: Int = 0) throws -> [Batch] {
        let iterator = loader.batches(epoch: epoch, startingAt: first)
        var batches: [Batch] = []
        while let batch = try iterator.next() { batches.append(batch) }
        return batches
    }

    /// Classes of 900, 90 and 10 samples.
    private struct Skewed: Dataset {
        let count = 1_000
        let classNames = ["many", "some", "few", "none"]
        let fingerprint = "skewed"
        func label(at index: Int) -> Int32 { index < 900 ? 0 : index < 990 ? 1 : 2 }
        func name(at index: Int) -> String { "\(index)" }
        func image(at index: Int) -> Image { patternImage(width: 5, height: 4, number: index) }
    }

    @Test func balancedDrawsEveryClassEquallyOften() {
        var perClass = [0, 0, 0, 0]
        var perSample = [Int](repeating: 0, count: 1_000)
        for epoch in 0..<30 {
            let order = loader(Skewed(), .balanced).order(epoch: epoch)
            #expect(order.count == 1_000)
            for index in order {
                perClass[Int(Skewed().label(at: index))] += 1
                perSample[index] += 1
            }
        }
        // 30000 draws, a third each: the standard deviation is 82.
        for count in perClass.prefix(3) { #expect((9_600...10_400).contains(count)) }
        #expect(perClass[3] == 0)
        // The rare samples come 1000 times each, with a deviation of 31.
        #expect(perSample[990...].allSatisfy { (850...1_150).contains($0) })
        #expect(
            loader(Skewed(), .balanced).order(epoch: 0)
                != loader(Skewed(), .balanced).order(epoch: 1))
    }

    @Test func repeatedComesInARowAndKeepsTheLength() {
        let set = PatternDataset(count: 50)
        let order = loader(set, .repeated(3)).order(epoch: 2)
        #expect(order.count == 50)
        for place in order.indices { #expect(order[place] == order[place / 3 * 3]) }
        #expect(Set(order).count == 17)
        #expect(loader(set, .repeated(1)).order(epoch: 2) == loader(set, .shuffled).order(epoch: 2))
    }

    @Test func aSampleDrawnAgainIsAnotherVersion() throws {
        let set = PatternDataset(count: 40)
        let crop = Augmentation([.randomCrop(Spatial(height: 7, width: 9), padding: 3)])
        let versions = try batches(
            loader(set, .repeated(4), augmentation: crop, batchSize: 40), epoch: 0)[0]
        let length = 7 * 9 * 3
        var distinct = 0
        for group in 0..<10 {
            let pictures = (0..<4).map { place in
                Array(versions.images[((group * 4 + place) * length)...].prefix(length))
            }
            distinct += Set(pictures).count
        }
        // Of 49 windows each: two of four are the same in about an eighth of the groups.
        #expect(distinct > 33)
        // The first version is what shuffled sampling would have given.
        let once = try batches(loader(set, .shuffled, augmentation: crop, batchSize: 40), epoch: 0)[
            0]
        #expect(Array(once.images.prefix(length)) == Array(versions.images.prefix(length)))
    }

    private static let everything = Augmentation(
        [
            .randomCrop(Spatial(height: 7, width: 9), padding: 2, mode: .reflect),
            .alternatingFlip, .automatic(.trivialAugmentWide),
            .automatic(.randAugment(count: 2, magnitude: 9)),
            .colorJitter(ColorJitter(brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1)),
            .greyscale(probability: 0.2),
        ],
        erasures: [.rectangle(fill: .random), .cutout(size: 3, fill: .black)])

    @Test(arguments: [Sampling.shuffled, .balanced, .repeated(3)])
    func neitherWorkersNorResumingChangeAnything(sampling: Sampling) throws {
        let set = PatternDataset(count: 61)
        let mixing = BatchMixing(mixup: 0.4, cutmix: 1)
        func made(_ workers: Int, from first: Int = 0) throws -> [Batch] {
            try batches(
                loader(
                    set, sampling, augmentation: Self.everything, mixing: mixing, workers: workers),
                epoch: 3, from: first)
        }
        let expected = try made(0)
        #expect(Set(expected.map(\.ownShare)).count > 4)
        for (workers, first) in [(1, 0), (3, 0), (0, 5), (2, 5)] {
            let found = try made(workers, from: first)
            #expect(found.map(\.images) == expected[first...].map(\.images))
            #expect(found.map(\.ownShare) == expected[first...].map(\.ownShare))
            #expect(found.map(\.labels) == expected[first...].map(\.labels))
        }
    }

    // MARK: Mixing

    @Test func mixupBlendsWithThePictureBefore() throws {
        let set = PatternDataset(count: 5)
        let pure = try batches(loader(set, .sequential), epoch: 0)[0]
        let mixed = try batches(
            loader(set, .sequential, mixing: BatchMixing(mixup: 1)), epoch: 0)[0]
        let share = mixed.ownShare
        #expect(share > 0 && share < 1)
        let length = 7 * 9 * 3
        for sample in 0..<5 {
            let before = (sample + 4) % 5
            for place in 0..<length {
                let own = pure.images[sample * length + place]
                let other = pure.images[before * length + place]
                #expect(mixed.images[sample * length + place] == own * share + other * (1 - share))
            }
        }
        #expect(
            mixed.labels == [0, 1, 2, 0, 1] && mixed.partners(of: mixed.labels) == [1, 0, 1, 2, 0])
        #expect(
            mixed.dominant(of: mixed.labels)
                == (share >= 0.5 ? mixed.labels : mixed.partners(of: mixed.labels)))
        let targets = mixed.shares(of: mixed.labels, classCount: 3)
        #expect(Array(targets[0..<3]) == [share, 1 - share, 0])
        #expect(pure.ownShare == 1 && pure.dominant(of: pure.labels) == pure.labels)
    }

    @Test func cutmixPastesOneRectangle() throws {
        let set = PatternDataset(count: 4, width: 20, height: 16)
        let pure = try batches(loader(set, .sequential), epoch: 0)[0]
        var shares: [Float] = []
        for epoch in 0..<40 {
            let mixed = try batches(
                loader(set, .sequential, mixing: BatchMixing(cutmix: 1)), epoch: epoch)[0]
            shares.append(mixed.ownShare)
            let length = 16 * 20 * 3
            var pasted = Set<Int>()
            for pixel in 0..<(16 * 20) {
                let own = Array(pure.images[(length + pixel * 3)..<(length + pixel * 3 + 3)])
                let other = Array(pure.images[(pixel * 3)..<(pixel * 3 + 3)])
                let found = Array(mixed.images[(length + pixel * 3)..<(length + pixel * 3 + 3)])
                #expect(found == own || found == other)
                if found == other { pasted.insert(pixel) }
            }
            let rows = Set(pasted.map { $0 / 20 })
            let columns = Set(pasted.map { $0 % 20 })
            #expect(pasted.count == rows.count * columns.count)
            #expect(abs(mixed.ownShare - (1 - Float(pasted.count) / 320)) < 1e-6)
        }
        #expect(shares.min()! < 0.4 && shares.max()! > 0.9)
    }

    @Test func probabilitiesAndSharesAreKept() throws {
        let set = PatternDataset(count: 2_000)
        func shares(_ mixing: BatchMixing) throws -> [Float] {
            try batches(loader(set, .sequential, mixing: mixing, batchSize: 2), epoch: 0)
                .map(\.ownShare)
        }
        // Beta(α, α): mean 1/2, variance 1 / (8 α + 4). A thousand draws.
        for (alpha, tolerance) in [(0.2, 0.04), (1.0, 0.03), (8.0, 0.02)] {
            let drawn = try shares(BatchMixing(mixup: alpha)).map(Double.init)
            let mean = drawn.reduce(0, +) / 1_000
            let variance = drawn.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 1_000
            #expect(abs(mean - 0.5) < tolerance, "\(alpha): \(mean)")
            #expect(abs(variance * (8 * alpha + 4) - 1) < 0.12, "\(alpha): \(variance)")
        }
        let half = try shares(BatchMixing(mixup: 1, probability: 0.5)).count { $0 < 1 }
        #expect((430...570).contains(half))
        #expect(try shares(BatchMixing(mixup: 0.001)).allSatisfy { (0...1).contains($0) })
    }
}

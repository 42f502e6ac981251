import Datasets
import Support
import Testing

@Suite struct StatisticsTests {
    private let set = PatternDataset(count: 13)

    @Test func equalsTheDefinition() throws {
        let statistics = try ChannelStatistics(of: set)
        #expect(statistics.pixelCount == 13 * 63)
        let images = try (0..<13).map { try set.image(at: $0) }
        for channel in 0..<3 {
            let values = images.flatMap { image in
                stride(from: channel, to: image.pixels.count, by: 3).map {
                    Double(image.pixels[$0]) / 255
                }
            }
            let mean = values.reduce(0, +) / Double(values.count)
            let variance =
                values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(values.count)
            #expect(abs(statistics.mean[channel] - mean) < 1e-12)
            #expect(
                abs(statistics.standardDeviation[channel] - variance.squareRoot()) < 1e-12)
        }
    }

    @Test func cacheIsUsedAndRepaired() throws {
        let folder = TemporaryFolder()
        let cache = "\(folder.path)/deep/cache"
        let path = "\(cache)/statistics-\(set.fingerprint).json"
        let first = try ChannelStatistics.cached(of: set, cacheFolder: cache)
        let written = try Files.read(path)
        #expect(try ChannelStatistics.cached(of: set, cacheFolder: cache) == first)
        // The set cannot be read any more, but its fingerprint is known.
        let unreadable = PatternDataset(count: 13, unreadable: [0])
        #expect(try ChannelStatistics.cached(of: unreadable, cacheFolder: cache) == first)
        for damage in [[], Array(written.prefix(30)), Array("{\"mean\": [1]}".utf8)] {
            try AtomicFile.write(damage, to: path)
            #expect(try ChannelStatistics.cached(of: set, cacheFolder: cache) == first)
            #expect(try Files.read(path) == written)
        }
        // A cache that cannot be written is no error.
        #expect(try ChannelStatistics.cached(of: set, cacheFolder: "/proc/nowhere") == first)
    }

    @Test func normalizationMakesUnitVariance() throws {
        let normalization = try ChannelStatistics(of: set).normalization
        let loader = BatchLoader(set, batchSize: 13, normalization: normalization, workers: 0)
        let batch = try #require(try loader.batches(epoch: 0).next())
        for channel in 0..<3 {
            let values = stride(from: channel, to: batch.images.count, by: 3).map {
                Double(batch.images[$0])
            }
            let mean = values.reduce(0, +) / Double(values.count)
            let square = values.map { $0 * $0 }.reduce(0, +) / Double(values.count)
            #expect(abs(mean) < 1e-5 && abs(square - 1) < 1e-5)
        }
        let black = ChannelStatistics(json: [
            "mean": [0, 0, 0], "standard_deviation": [0, 0, 0], "pixels": 5,
        ])
        #expect(black?.normalization.standardDeviation == [1, 1, 1])
    }

    @Test func failuresNameTheirPicture() {
        do {
            _ = try ChannelStatistics(of: PatternDataset(count: 4, unreadable: [2]))
            Issue.record("an unreadable picture was averaged")
        } catch {
            #expect(error.description == "pattern/2: cannot be read: it burned")
        }
        #expect(throws: DatasetError.self) {
            try ChannelStatistics(of: PatternDataset(count: 0))
        }
    }

    @Test func inspectionCountsEverything() throws {
        let inspection = PatternDataset(count: 11, unreadable: [4], oddSizes: [2, 3]).inspected()
        #expect(inspection.count == 11 && inspection.countsPerClass == [4, 4, 3])
        #expect(inspection.sizes.map(\.count) == [8, 2])
        #expect(inspection.sizes.map(\.size.width) == [9, 10])
        #expect(inspection.failures.map(\.name) == ["pattern/4"])
        #expect(inspection.statistics?.pixelCount == 8 * 63 + 2 * 70)
    }
}

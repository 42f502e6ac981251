import Datasets
import Tensor
import Testing

/// What `checkDataset` finds beyond single files: masks, and pictures that look alike.
@Suite struct DatasetCheckTests {
    /// Smooth blotches, different for every number.
    private func photograph(_ number: Int, width: Int = 48, height: Int = 36) -> Image {
        var random = RandomStream(seed: 9, purpose: .split, index: number)
        let pixels = (0..<(5 * 6 * 3)).map { _ in UInt8(random.integer(below: 256)) }
        return Image(width: 6, height: 5, pixels: pixels)
            .resized(to: Spatial(height: height, width: width), interpolation: .bicubic)
    }

    private func pets(
        _ change: (TemporaryFolder) throws -> Void
    ) throws -> (folder: TemporaryFolder, check: DatasetCheck) {
        let folder = TemporaryFolder()
        for (list, numbers) in [("trainval", 0..<6), ("test", 6..<10)] {
            let lines = numbers.map { "beagle_\($0) 1 2 1\n" }.joined()
            try folder.write(Array(lines.utf8), to: "annotations/\(list).txt")
            let values = (0..<(48 * 36)).map { (place: Int) -> UInt8 in
                place % 4 == 0 ? 3 : UInt8(place % 2 + 1)
            }
            for number in numbers {
                try folder.write(encodeJPEG(photograph(number)), to: "images/beagle_\(number).jpg")
                try folder.write(
                    encodePNG(values, width: 48, height: 36, layout: .grey),
                    to: "annotations/trimaps/beagle_\(number).png")
            }
        }
        try change(folder)
        let parts = try [Split.train, .test].map { split in
            (
                split: split,
                dataset: try OxfordPets(folder: folder.path, split: split, tasks: [.segmentation])
                    as any Dataset
            )
        }
        return (folder, checkDataset(parts))
    }

    @Test func countsClassesAndPixels() throws {
        let check = try pets { _ in }.check
        #expect(check.isClean && check.problems.isEmpty && check.count == 10)
        #expect(check.parts.map(\.split) == [.train, .test])
        #expect(check.parts[0].classes.map(\.name) == ["Beagle"])
        #expect(check.parts[0].classes.map(\.count) == [6])
        #expect(check.parts[1].maskClasses.map(\.pixels) == [4 * 432, 4 * 864, 4 * 432])
    }

    @Test func findsBadMasksAndLookalikes() throws {
        let check = try pets { folder in
            try folder.write(
                encodePNG(
                    [UInt8](repeating: 1, count: 4), width: 2, height: 2, layout: .grey),
                to: "annotations/trimaps/beagle_1.png")
            try folder.write(
                encodePNG(
                    [UInt8](repeating: 9, count: 48 * 36), width: 48, height: 36, layout: .grey),
                to: "annotations/trimaps/beagle_2.png")
            try folder.write(Array("GIF89a".utf8), to: "images/beagle_4.jpg")
            // The same photograph, smaller and saved worse.
            try folder.write(
                encodeJPEG(photograph(3).resized(to: Spatial(height: 30, width: 40)), quality: 60),
                to: "images/beagle_8.jpg")
            try folder.write(
                encodePNG(
                    [UInt8](repeating: 1, count: 30 * 40), width: 40, height: 30, layout: .grey),
                to: "annotations/trimaps/beagle_8.png")
        }.check
        #expect(
            check.problems.map(\.code) == [
                "misfitting_mask", "bad_mask", "unreadable", "near_duplicate",
            ])
        #expect(check.problems.map { $0.name.suffix(5).first } == ["1", "2", "4", "8"])
        #expect(check.problems.last?.other?.name == "beagle_3.jpg")
        #expect(check.parts[0].unreadable == 1 && !check.isClean)
        #expect(check.problems.count { $0.leaksAcrossSplits } == 0)
    }

    @Test func looksAreNoProof() throws {
        let check = try pets { folder in
            try folder.write(
                encodeJPEG(photograph(0), quality: 50), to: "images/beagle_9.jpg")
        }.check
        #expect(check.problems.map(\.code) == ["near_duplicate"] && check.isClean)
    }
}

import Datasets
import Testing

@Suite struct ShapesTests {
    @Test func followsFromSeedAndNumberAlone() throws {
        let a = ShapesDataset(split: .train, count: 60, seed: 4)
        let b = ShapesDataset(split: .train, count: 90, seed: 4)
        let other = ShapesDataset(split: .train, count: 60, seed: 5)
        for index in stride(from: 59, through: 0, by: -1) {
            let image = try a.image(at: index)
            #expect(try image == b.image(at: index))
            #expect(try image == a.image(at: index))
            #expect(try image != other.image(at: index))
            #expect(image.width == 32 && image.height == 32)
        }
        #expect(a.fingerprint != b.fingerprint && a.fingerprint != other.fingerprint)
    }

    @Test func splitsAreDisjointAndBalanced() throws {
        var seen: Set<[UInt8]> = []
        for split in Split.allCases {
            let set = ShapesDataset(split: split, count: 200)
            #expect(set.countsPerClass == [Int](repeating: 20, count: 10))
            for index in 0..<200 { seen.insert(try set.image(at: index).pixels) }
        }
        #expect(seen.count == 600)
    }

    @Test func everyFigureIsSeen() throws {

        let set = ShapesDataset(split: .train, count: 10)
        #expect(
            set.classNames == [
                "circle", "square", "triangle", "diamond", "cross", "star", "ring", "crescent",
                "heart", "arrow",
            ])
        for index in 0..<10 {
            let pixels = try set.image(at: index).pixels.map(Double.init)
            let mean = pixels.reduce(0, +) / Double(pixels.count)
            let variance =
                pixels.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(pixels.count)
            #expect(variance > 150, "\(set.classNames[index]) is almost uniform")
        }
    }
}

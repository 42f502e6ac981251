import Datasets
import Testing

@Suite struct SplitTests {
    private struct Uneven: Dataset {
        let sizes = [50, 31, 7]
        var count: Int { sizes.reduce(0, +) }
        let classNames = ["x", "y", "z"]
        let fingerprint = "uneven"
        func label(at index: Int) -> Int32 { index < 50 ? 0 : index < 81 ? 1 : 2 }
        func name(at index: Int) -> String { "\(index)" }
        func image(at index: Int) throws(ImageError) -> Image {
            patternImage(width: 2, height: 3, number: index)
        }
    }

    @Test func partsAreDisjointAndStratified() throws {
        let set = Uneven()
        let (train, validation) = try set.stratifiedSplit(.fraction(0.25), seed: 6)
        #expect(validation.count == 22)
        #expect(Set(train.indices).isDisjoint(with: validation.indices))
        #expect(Set(train.indices + validation.indices) == Set(0..<88))
        // Exact shares 12.5, 7.75, 1.75; the two largest remainders round up.
        #expect(validation.countsPerClass == [12, 8, 2])
        #expect(train.indices == train.indices.sorted())
        #expect(validation.label(at: 21) == 2)
        #expect(try validation.image(at: 3) == set.image(at: validation.indices[3]))
    }

    @Test func seedDecides() throws {
        let set = Uneven()
        let a = try set.stratifiedSplit(.count(20), seed: 1).validation
        #expect(a.indices == (try set.stratifiedSplit(.count(20), seed: 1).validation.indices))
        let b = try set.stratifiedSplit(.count(20), seed: 2).validation
        #expect(a.indices != b.indices)
        #expect(a.fingerprint != b.fingerprint && a.fingerprint != set.fingerprint)
    }

    @Test(arguments: [
        ValidationPart.count(0), .count(88), .count(-3), .fraction(0), .fraction(1),
        .fraction(.nan), .fraction(0.001),
    ])
    func refusesEmptyParts(part: ValidationPart) {
        #expect(throws: DatasetError.self) { try Uneven().stratifiedSplit(part, seed: 0) }
    }
}

import Datasets
import Tensor
import Testing

@Suite struct ResizeTests {
    private struct Case {
        let source: Image
        let results: [(Interpolation, Image)]
    }

    private static let cases: [Case] = {
        let blob = Fixtures.bytes("resize.bin")
        var offset = 0
        func image(_ height: Int, _ width: Int) -> Image {
            defer { offset += height * width * 3 }
            return Image(
                width: width, height: height,
                pixels: Array(blob[offset..<(offset + height * width * 3)]))
        }
        let cases = Fixtures.json("pictures.json")["resize"]!.array!.map { entry in
            let sizes = entry.array!.map { $0.integer! }
            let source = image(sizes[0], sizes[1])
            let kinds: [Interpolation] = [.nearest, .bilinear, .bicubic]
            return Case(source: source, results: kinds.map { ($0, image(sizes[2], sizes[3])) })
        }
        guard offset == blob.count else { fatalError("resize.bin has other sizes than its list") }
        return cases
    }()

    @Test func equalsPillowToTheByte() {
        #expect(Self.cases.count == 9)
        for item in Self.cases {
            for (interpolation, expected) in item.results {
                let size = Spatial(height: expected.height, width: expected.width)
                let result = item.source.resized(to: size, interpolation: interpolation)
                let differing = zip(result.pixels, expected.pixels).filter { $0 != $1 }.count
                #expect(
                    result.pixels.count == expected.pixels.count && differing == 0,
                    "\(interpolation) \(item.source.height)x\(item.source.width) to \(size)")
            }
        }
    }

    @Test func sameSizeIsUntouched() {
        let image = patternImage(width: 13, height: 8)
        #expect(image.resized(to: Spatial(height: 8, width: 13), interpolation: .bicubic) == image)
    }

    @Test func shorterSideRoundsAsTorchvision() {
        for entry in Fixtures.json("pictures.json")["shorter_sides"]!.array! {
            let numbers = entry.array!.map { $0.integer! }
            let size = ResizeRule.shorterSide(numbers[2])
                .outputSize(for: Spatial(height: numbers[0], width: numbers[1]))
            #expect(size == Spatial(height: numbers[3], width: numbers[4]))
        }
    }

    @Test func shorterSideNeverVanishes() {
        let image = patternImage(width: 2, height: 300)
        let result = ResizeRule.shorterSide(1, .bilinear).apply(image)
        #expect(result.width == 1 && result.height == 150)
    }

    @Test(arguments: Interpolation.allCases)
    func windowEqualsThePartOfTheWhole(interpolation: Interpolation) {
        let image = patternImage(width: 29, height: 23, number: 5)
        for size in [
            Spatial(height: 40, width: 17), Spatial(height: 23, width: 50),
            Spatial(height: 11, width: 29), Spatial(height: 23, width: 29),
        ] {
            var whole = PixelView(image.resized(to: size, interpolation: interpolation))
            whole.crop(top: 3, left: 5, size: Spatial(height: 7, width: 9), padding: .zero)
            let part = image.resized(
                to: size, rows: 3..<10, columns: 5..<14, interpolation: interpolation)
            #expect(part == whole.materialized())
        }
    }

    /// Whole, these would be 20000x5120000 pixels.
    @Test func thinPicturesAreCheapToCrop() {
        let preprocessing = Preprocessing(
            resize: .shorterSide(256), crop: Spatial(height: 224, width: 200),
            mean: [0, 0, 0], standardDeviation: [1, 1, 1])
        for (width, height) in [(1, 20_000), (20_000, 1)] {
            let image = patternImage(width: width, height: height)
            #expect(preprocessing.apply(image).count == 224 * 200 * 3)
        }
    }
}

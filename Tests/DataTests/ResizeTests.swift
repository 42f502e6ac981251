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
}

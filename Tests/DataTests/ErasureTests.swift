import Datasets
import Tensor
import Testing

@Suite struct ErasureTests {
    private let size = Spatial(height: 30, width: 40)
    private let normalization = Normalization(
        mean: [0.4, 0.5, 0.6], standardDeviation: [0.2, 0.3, 0.25])

    /// The pixels that an erasure changed in a picture of nothing but 9, and what they became.
    private func erased(_ erasure: Erasure, index: Int) -> [(y: Int, x: Int, value: [Float])] {
        var pixels = [Float](repeating: 9, count: 30 * 40 * 3)
        pixels.withUnsafeMutableBufferPointer {
            Augmentation([], erasures: [erasure]).erase(
                $0, size: size, normalization, seed: 1, epoch: 2, index: index)
        }
        return (0..<1_200).compactMap { place in
            let value = Array(pixels[(place * 3)..<(place * 3 + 3)])
            return value == [9, 9, 9] ? nil : (place / 40, place % 40, value)
        }
    }

    @Test func cutoutIsASquareInside() {
        var rows: Set<Int> = []
        for index in 0..<300 {
            let box = erased(.cutout(size: 12), index: index)
            #expect(box.count == 144)
            #expect(box.allSatisfy { $0.value == [0, 0, 0] })
            rows.insert(box[0].y)
        }
        #expect(rows == Set(0...18))
    }

    @Test func anOverhangingCutoutIsCutOff() {
        let counts = (0..<300).map { erased(.cutout(size: 12, overhangs: true), index: $0).count }
        #expect(counts.max() == 144 && counts.min()! < 72 && counts.min()! >= 36)
    }

    @Test func rectanglesKeepTheirBounds() {
        let erasure = Erasure.rectangle(
            probability: 0.7, scale: 0.05...0.2, ratio: 0.5...2, fill: .black)
        var happened = 0
        for index in 0..<500 {
            let box = erased(erasure, index: index)
            guard let first = box.first, let last = box.last else { continue }
            happened += 1
            let (height, width) = (last.y - first.y + 1, last.x - first.x + 1)
            #expect(box.count == height * width)
            #expect((0.04...0.22).contains(Double(box.count) / 1_200))
            #expect((0.4...2.4).contains(Double(height) / Double(width)))
            #expect(box.allSatisfy { $0.value == [-0.4 / 0.2, -0.5 / 0.3, -0.6 / 0.25] })
        }
        #expect((300...400).contains(happened))
    }

    @Test func randomFillIsNormal() {
        let values = (0..<20).flatMap { index in
            erased(.cutout(size: 12, fill: .random), index: index).flatMap(\.value)
        }
        let mean = values.reduce(0, +) / Float(values.count)
        let variance = values.map { $0 * $0 }.reduce(0, +) / Float(values.count)
        #expect(abs(mean) < 0.04 && abs(variance - 1) < 0.06)
    }

    /// A second plane with the pixels' own numbers goes where a picture of nearest pixels goes.
    @Test func planesMoveWithPictures() {
        let (height, width) = (12, 15)
        var pixels: [UInt8] = []
        for place in 0..<(height * width) { pixels += [UInt8(place), UInt8(place), 200] }
        let image = Image(width: width, height: height, pixels: pixels)
        let pipeline = Augmentation([
            .resize(.exact(Spatial(height: 14, width: 17), .nearest)),
            .randomCrop(Spatial(height: 13, width: 16), padding: 2, mode: .reflect),
            .horizontalFlip(), .automatic(.trivialAugmentWide),
            .randomResizedCrop(10, scale: 0.3...1, interpolation: .nearest),
            .randomCrop(11, padding: 1), .resize(.shorterSide(9, .nearest)), .centerCrop(8),
        ])
        var moved = 0
        for index in 0..<300 {
            let operations = pipeline.draw(
                for: Spatial(height: height, width: width), seed: 4, epoch: 1, index: index)
            let geometry = operations.filter { if case .geometric = $0 { true } else { false } }
            guard geometry.count == operations.count else { continue }
            let result = pipeline.apply(image, seed: 4, epoch: 1, index: index)
            let map = PixelMap(Spatial(height: height, width: width), operations)
            #expect(map.size == Spatial(height: result.height, width: result.width))
            let expected = map.sources.flatMap { source -> [UInt8] in
                source < 0 ? [0, 0, 0] : [UInt8(source), UInt8(source), 200]
            }
            #expect(result.pixels == expected)
            moved += 1
        }
        #expect(moved > 100)
    }
}

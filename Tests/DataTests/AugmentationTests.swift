import Datasets
import Tensor
import Testing

@Suite struct AugmentationTests {
    private let image = patternImage(width: 11, height: 9, number: 4)

    @Test func centerCropEqualsTorchvision() {
        for entry in Fixtures.json("crops.json").array! {
            let size = entry["size"]!.array!.map { $0.integer! }
            let crop = entry["crop"]!.array!.map { $0.integer! }
            var pixels: [UInt8] = []
            for y in 1...size[0] {
                for x in 1...size[1] { pixels += [UInt8(y), UInt8(x), 0] }
            }
            let source = Image(width: size[1], height: size[0], pixels: pixels)
            let result = Augmentation([.centerCrop(Spatial(height: crop[0], width: crop[1]))])
                .apply(source, seed: 0, epoch: 0, index: 0)
            let expected = entry["pixels"]!.array!.map { UInt8($0.integer!) }
            #expect(result.pixels == expected, "\(size) to \(crop)")
        }
    }

    /// A crop of a padded picture, the slow and obvious way.
    private func window(
        _ image: Image, top: Int, left: Int, size: Spatial, reflects: Bool, flips: Bool
    ) -> [UInt8] {
        func mirror(_ position: Int, _ count: Int) -> Int {
            var position = position
            while position < 0 || position >= count {
                position = position < 0 ? -position : 2 * (count - 1) - position
            }
            return position
        }
        var pixels: [UInt8] = []
        for row in 0..<size.height {
            for place in 0..<size.width {
                let column = flips ? size.width - 1 - place : place
                var (y, x) = (top + row, left + column)
                if reflects {
                    (y, x) = (mirror(y, image.height), mirror(x, image.width))
                } else if y < 0 || x < 0 || y >= image.height || x >= image.width {
                    pixels += [0, 0, 0]
                    continue
                }
                let offset = (y * image.width + x) * 3
                pixels += image.pixels[offset..<(offset + 3)]
            }
        }
        return pixels
    }

    @Test(arguments: [PaddingMode.zero, .reflect])
    func cropAndFlipAreExact(mode: PaddingMode) {
        let size = Spatial(height: 9, width: 11)
        var seen: Set<[Int]> = []
        for index in 0..<200 {
            let result = Augmentation([
                .randomCrop(size, padding: 3, mode: mode), .horizontalFlip(),
            ])
            .apply(image, seed: 5, epoch: 2, index: index)
            var matches: [[Int]] = []
            for top in -3...3 {
                for left in -3...3 {
                    for flips in [false, true] {
                        let expected = window(
                            image, top: top, left: left, size: size, reflects: mode == .reflect,
                            flips: flips)
                        if expected == result.pixels { matches.append([top, left, flips ? 1 : 0]) }
                    }
                }
            }
            #expect(matches.count == 1)
            seen.formUnion(matches)
        }
        // 98 possible results; 200 draws meet about 85 of them.
        #expect(seen.count > 70)
    }

    @Test func cropOfASmallerPictureIsPadded() {
        let size = Spatial(height: 20, width: 12)
        let result = Augmentation([.randomCrop(size, padding: 1)])
            .apply(image, seed: 1, epoch: 0, index: 0)
        #expect(result.height == 20 && result.width == 12)
        #expect(result.pixels.contains { $0 != 0 })
        let tiny = Image(width: 1, height: 1, pixels: [7, 8, 9])
        let grown = Augmentation([.randomCrop(4, padding: 2, mode: .reflect)])
            .apply(tiny, seed: 1, epoch: 0, index: 0)
        #expect(grown.pixels == (0..<16).flatMap { _ in [UInt8]([7, 8, 9]) })
    }

    @Test func flipHappensWithItsProbability() {
        for (probability, range) in [
            (Float(0), 0...0), (0.25, 420...580), (0.5, 910...1_090), (1, 2_000...2_000),
        ] {
            let flip = Augmentation([.horizontalFlip(probability: probability)])
            let count = (0..<2_000).filter {
                flip.apply(image, seed: 3, epoch: 1, index: $0) != image
            }.count
            #expect(range.contains(count), "probability \(probability): \(count) of 2000")
        }
    }

    @Test func alternatingFlipAlternates() {
        let flip = Augmentation([.alternatingFlip])
        let mirrored = Augmentation([.horizontalFlip(probability: 1)])
            .apply(image, seed: 0, epoch: 0, index: 0)
        var inEpoch0 = 0
        for index in 0..<500 {
            let results = (0..<4).map { flip.apply(image, seed: 9, epoch: $0, index: index) }
            #expect(results[0] == image || results[0] == mirrored)
            #expect(results[0] != results[1])
            #expect(results[0] == results[2] && results[1] == results[3])
            if results[0] == mirrored { inEpoch0 += 1 }
        }
        #expect((200...300).contains(inEpoch0))
    }

    /// Crop offsets and the fixed flip of epoch 0 must not go together.
    @Test func alternatingFlipIsIndependentOfTheCrop() {
        let wide = patternImage(width: 12, height: 1)
        let crop = Augmentation([.randomCrop(Spatial(height: 1, width: 11))])
        let flip = Augmentation([.alternatingFlip])
        var agreeing = 0
        for index in 0..<1_000 {
            let left = crop.apply(wide, seed: 2, epoch: 0, index: index).pixels[1] == 0
            let flipped = flip.apply(wide, seed: 2, epoch: 0, index: index) != wide
            if left == flipped { agreeing += 1 }
        }
        #expect((430...570).contains(agreeing))
    }

    @Test func resizedCropKeepsItsBounds() {
        // In a picture whose red is its row and green its column, the result's corners tell the box.
        var pixels: [UInt8] = []
        for y in 0..<120 { for x in 0..<200 { pixels += [UInt8(y), UInt8(x), 0] } }
        let source = Image(width: 200, height: 120, pixels: pixels)
        let size = Spatial(height: 30, width: 20)
        let crop = Augmentation([
            .randomResizedCrop(size, scale: 0.2...0.6, ratio: 0.8...1.25, interpolation: .nearest)
        ])
        var areas: [Double] = []
        for index in 0..<300 {
            let result = crop.apply(source, seed: 8, epoch: 0, index: index)
            #expect(result.height == 30 && result.width == 20)
            let last = result.pixels.count - 3
            let height = Double(Int(result.pixels[last]) - Int(result.pixels[0])) * 30 / 29
            let width = Double(Int(result.pixels[last + 1]) - Int(result.pixels[1])) * 20 / 19
            #expect(width / height > 0.72 && width / height < 1.38)
            areas.append(width * height / (200 * 120))
        }
        #expect(areas.allSatisfy { $0 > 0.17 && $0 < 0.65 })
        let mean = areas.reduce(0, +) / 300
        #expect(mean > 0.36 && mean < 0.44)
    }

    @Test func resizedCropFallsBackToTheMiddle() {
        // 400x4: no box of a tenth of the area has a ratio under 4/3.
        let source = patternImage(width: 400, height: 4)
        let crop = Augmentation([.randomResizedCrop(4, scale: 1...1)])
        let result = crop.apply(source, seed: 0, epoch: 0, index: 0)
        // Width round(4 * 4/3) = 5 from column 197.
        var view = PixelView(source)
        view.crop(top: 0, left: 197, size: Spatial(height: 4, width: 5), padding: .zero)
        #expect(result == view.materialized().resized(to: 4, interpolation: .bilinear))
    }

    @Test func dependsOnEveryPartOfTheKey() {
        let pipeline = Augmentation([.randomCrop(Spatial(height: 9, width: 11), padding: 4)])
        let size = 64
        func results(_ seed: UInt64, _ epoch: Int) -> [[UInt8]] {
            (0..<size).map { pipeline.apply(image, seed: seed, epoch: epoch, index: $0).pixels }
        }
        #expect(results(1, 0) == results(1, 0))
        #expect(results(1, 0) != results(2, 0))
        #expect(results(1, 0) != results(1, 1))
        #expect(Set(results(1, 0)).count > 30)
    }

    @Test func tellsItsOutputSize() {
        #expect(Augmentation.none.outputSize == nil)
        #expect(Augmentation([.resize(.shorterSide(20))]).outputSize == nil)
        let steps: [Augmentation.Step] = [
            .resize(.shorterSide(20)), .centerCrop(Spatial(height: 3, width: 5)), .alternatingFlip,
        ]
        #expect(Augmentation(steps).outputSize == Spatial(height: 3, width: 5))
    }

    @Test(arguments: [
        (Augmentation.Step.randomCrop(4, padding: -1), "a padding of -1 is negative"),
        (.horizontalFlip(probability: 1.5), "a probability of 1.5 is not within 0...1"),
        (.centerCrop(Spatial(height: 3, width: 0)), "a size of 3x0 has no pixels"),
        (.resize(.shorterSide(0)), "a shorter side of 0 has no pixels"),
        (
            .randomResizedCrop(4, scale: 0...1),
            "a scale of 0.0...1.0 is not within 0...1, 0 excluded"
        ),
    ])
    func namesNonsense(step: Augmentation.Step, problem: String) {
        #expect(Augmentation([step]).problem == problem)
        #expect(Augmentation([.alternatingFlip, .randomResizedCrop(3)]).problem == nil)
    }
}

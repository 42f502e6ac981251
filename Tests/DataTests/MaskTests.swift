import Datasets
import Tensor
import Testing

/// Pictures whose red channel says the class of each pixel: 10 + 40 · class; black is nowhere.
private struct TellingDataset: Dataset {
    let count = 20
    let classNames = ["a"]
    let targets = [Target(name: "mask", classNames: ["x", "y", "z"], unit: .pixel)]
    let fingerprint = "telling"
    var misfits = false

    func label(at index: Int) -> Int32 { 0 }
    func name(at index: Int) -> String { "telling/\(index)" }

    private func classes(_ index: Int) -> [UInt8] {
        var random = RandomStream(seed: 5, purpose: .split, index: index)
        return (0..<(11 * 13)).map { _ in UInt8(random.integer(below: 3)) }
    }

    func image(at index: Int) throws(ImageError) -> Image {
        Image(width: 13, height: 11, pixels: classes(index).flatMap { [10 + 40 * $0, 7, 9] })
    }

    func mask(at index: Int) throws(ImageError) -> Mask? {
        misfits
            ? Mask(width: 11, height: 13, classes: classes(index))
            : Mask(width: 13, height: 11, classes: classes(index))
    }
}

@Suite struct MaskTests {
    private static let nearest = ResizeRule.exact(Spatial(height: 9, width: 8), .nearest)

    @Test(arguments: [
        Augmentation.none,
        Augmentation([.horizontalFlip()]),
        Augmentation([.randomCrop(Spatial(height: 10, width: 12), padding: 4), .alternatingFlip]),
        Augmentation([.randomCrop(Spatial(height: 7, width: 9), padding: 3, mode: .reflect)]),
        Augmentation([
            .randomResizedCrop(
                Spatial(height: 6, width: 7), scale: 0.2...1, interpolation: .nearest),
            .horizontalFlip(),
        ]),
        Augmentation([.resize(nearest), .centerCrop(Spatial(height: 5, width: 12))]),
        Augmentation([.horizontalFlip(), .resize(nearest), .randomCrop(6, padding: 1)]),
    ])
    func masksMoveWithTheirPictures(pipeline: Augmentation) throws {
        for epoch in 0..<3 {
            let loader = BatchLoader(
                TellingDataset(), batchSize: 8, augmentation: pipeline, normalization: .identity,
                seed: 3, workers: 2, sampling: .shuffled)
            let batches = loader.batches(epoch: epoch)
            var seen = 0
            while let batch = try batches.next() {
                #expect(batch.masks.count == batch.images.count / 3)
                seen += batch.count
                let told = stride(from: 0, to: batch.images.count, by: 3).map { place -> UInt8 in
                    let red = (batch.images[place] * 255).rounded()
                    return red == 0 ? Mask.ignored : UInt8((red - 10) / 40)
                }
                #expect(told == batch.masks)
                #expect(Set(batch.masks).isSuperset(of: [0, 1, 2]))
            }
            #expect(seen == 20)
        }
    }

    @Test func aMaskOfAnotherSizeIsAnErrorOfItsSample() throws {
        var set = TellingDataset()
        set.misfits = true
        let loader = BatchLoader(set, batchSize: 4, normalization: .identity, workers: 0)
        do {
            _ = try loader.batches(epoch: 0).next()
            Issue.record("a mask of another size was taken")
        } catch {
            #expect(
                error.description == "telling/0: has 11x13 pixels (height x width), but its mask "
                    + "has 13x11")
        }
    }

    @Test func pictureSetsHaveNoMasks() throws {
        let loader = BatchLoader(
            PatternDataset(count: 5), batchSize: 5, normalization: .identity, workers: 0)
        #expect(try loader.batches(epoch: 0).next()?.masks == [])
    }

    @Test func readsValuesAndSaysWhereOneIsWrong() throws {
        func grey(_ values: [UInt8]) -> Image {
            Image(width: 3, height: 2, pixels: values.flatMap { [$0, $0, $0] })
        }
        let mask = try Mask(grey([1, 2, 3, 3, 2, 1]), values: [1, 2, 3], name: "m.png")
        #expect(mask.classes == [0, 1, 2, 2, 1, 0])
        #expect(mask.counts(classCount: 3) == [2, 2, 2])
        func message(_ image: Image) -> String? {
            do {
                _ = try Mask(image, values: [1, 2, 3], name: "m.png")
                return nil
            } catch { return error.description }
        }
        #expect(
            message(grey([1, 2, 3, 3, 0, 255]))
                == "m.png: has the value 0 in row 2, column 2; a mask has the values 1, 2, 3")
        #expect(
            message(Image(width: 1, height: 1, pixels: [1, 2, 1]))
                == "m.png: has the colour 1, 2, 1 in row 1, column 1; a mask has the values 1, 2, 3"
        )
    }
}

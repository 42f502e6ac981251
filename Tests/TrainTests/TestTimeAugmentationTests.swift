import Inference
import Tensor
import Testing

struct TestTimeAugmentationTests {
    /// A 3×4 picture whose pixel (y, x) is 10 y + x in the first channel.
    private let shape = [1, 3, 4, 3]
    private var pixels: [Float] {
        var pixels: [Float] = []
        for y in 0..<3 {
            for x in 0..<4 { pixels += [Float(10 * y + x), Float(-y), Float(x)] }
        }
        return pixels
    }

    /// The first channels of the views that the model is shown.
    private func views(_ augmentation: TestTimeAugmentation) -> [[Float]] {
        var views: [[Float]] = []
        _ = augmentation.logits(of: pixels, shape: shape, for: [.classification]) { x in
            views.append(stride(from: 0, to: 36, by: 3).map { x[$0] })
            return [[0]]
        }
        return views
    }

    @Test func theViewsAreThePictureMirroredAndMoved() {
        let plain: [Float] = [0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23]
        let mirrored: [Float] = [3, 2, 1, 0, 13, 12, 11, 10, 23, 22, 21, 20]
        #expect(views(.none) == [plain])
        #expect(views(.flip) == [plain, mirrored])
        // Windows of the picture padded by one reflected pixel: its upper left and its lower right.
        let upperLeft: [Float] = [11, 10, 11, 12, 1, 0, 1, 2, 11, 10, 11, 12]
        let lowerRight: [Float] = [11, 12, 13, 12, 21, 22, 23, 22, 11, 12, 13, 12]
        let all = views(.flipTranslate)
        #expect(all.count == TestTimeAugmentation.flipTranslate.viewCount)
        #expect(Array(all.prefix(2)) == [plain, mirrored])
        #expect(all[2] == upperLeft && all[4] == lowerRight)
        // Each moved picture is mirrored as a whole.
        #expect(all[3] == [12, 11, 10, 11, 2, 1, 0, 1, 12, 11, 10, 11])
        #expect(all[5] == [12, 13, 12, 11, 22, 23, 22, 21, 12, 13, 12, 11])
    }

    @Test func halfTheWeightIsOnTheMovedPictures() {
        var call = 0
        let answers: [Float] = [1, 2, 4, 8, 16, 32]
        let logits = TestTimeAugmentation.flipTranslate.logits(
            of: pixels, shape: shape, for: [.classification, .classification]
        ) { _ in
            defer { call += 1 }
            return [[answers[call]], [-answers[call]]]
        }
        let (still, moved): (Float, Float) = (1 + 2, 4 + 8 + 16 + 32)
        let mean = still / 4 + moved / 8
        #expect(logits.map { $0.scalar() } == [mean, -mean])
    }

    /// A model that gives each pixel its own first channel sees the same wherever it looks.
    @Test func logitsOfPixelsAreMirroredBack() {
        let logits = TestTimeAugmentation.flip.logits(
            of: pixels, shape: shape, for: [.segmentation]
        ) { x in [stride(from: 0, to: 36, by: 3).map { x[$0] }] }
        #expect(logits.map(\.shape) == [[1, 3, 4, 1]])
        #expect(logits[0].array() == stride(from: 0, to: 36, by: 3).map { pixels[$0] })
    }
}

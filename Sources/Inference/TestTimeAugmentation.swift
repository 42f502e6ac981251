import NN
import Tensor

/// Classifying several views of each picture and averaging the logits.
public enum TestTimeAugmentation: String, Sendable, CaseIterable {
    /// The picture as it is.
    case none
    /// The picture and its mirror image.
    case flip
    /// `flip` for one half; for the other half the same of the picture moved by one pixel, once up
    /// and left, once down and right, the border filled by reflection (Jordan 2024, airbench).
    case flipTranslate = "flip_translate"

    /// The number of views.
    public var viewCount: Int {
        switch self {
        case .none: 1
        case .flip: 2
        case .flipTranslate: 6
        }
    }

    /// The averaged logits of each output of a model: `[N, C]` of pictures, `[N, H, W, C]` of their
    /// pixels, which are mirrored back before.
    ///
    /// - Parameters:
    ///   - pixels: Normalised pictures, `[N, H, W, 3]`, of at least 2×2 pixels.
    ///   - shape: `[N, H, W, 3]`.
    ///   - outputs: What each output is about. For pixels no view may be moved.
    ///   - logits: The model: the logits of each output, row-major, for pictures of the same shape.
    public func logits(
        of pixels: [Float], shape: [Int], for outputs: [ModelTask],
        by logits: ([Float]) -> [[Float]]
    ) -> [Tensor] {
        guard !outputs.contains(.segmentation) || self != .flipTranslate else {
            fatalError("TestTimeAugmentation: the logits of pixels cannot be moved back")
        }
        func view(_ shift: Int, isMirrored: Bool) -> [Float] {
            guard shift != 0 || isMirrored else { return pixels }
            return moved(pixels, shape, by: shift, isMirrored: isMirrored)
        }
        func answer(_ shift: Int, isMirrored: Bool) -> [Tensor] {
            zip(outputs, logits(view(shift, isMirrored: isMirrored))).map { task, values in
                let places = task == .segmentation ? shape[..<3] : shape[..<1]
                let result = places + [values.count / places.reduce(1, *)]
                let isTurned = isMirrored && task == .segmentation
                return Tensor(
                    isTurned ? moved(values, Array(result), by: 0, isMirrored: true) : values,
                    shape: Shape(Array(result)))
            }
        }
        func bothSides(_ shift: Int) -> [Tensor] {
            zip(answer(shift, isMirrored: false), answer(shift, isMirrored: true)).map {
                $0 * 0.5 + $1 * 0.5
            }
        }
        switch self {
        case .none: return answer(0, isMirrored: false)
        case .flip: return bothSides(0)
        case .flipTranslate:
            let (still, before, behind) = (bothSides(0), bothSides(-1), bothSides(1))
            return outputs.indices.map { still[$0] * 0.5 + (before[$0] + behind[$0]) * 0.25 }
        }
    }

    /// Pictures that show at (y, x) what was at (y + shift, x + shift), then mirrored left to right.
    private func moved(
        _ pixels: [Float], _ shape: [Int], by shift: Int, isMirrored: Bool
    ) -> [Float] {
        let (count, height, width, channels) = (shape[0], shape[1], shape[2], shape[3])
        func reflected(_ place: Int, _ size: Int) -> Int {
            place < 0 ? -place : place < size ? place : 2 * size - 2 - place
        }
        let columns = (0..<width).map { x in
            reflected((isMirrored ? width - 1 - x : x) + shift, width) * channels
        }
        return [Float](unsafeUninitializedCapacity: pixels.count) { result, initialized in
            pixels.withUnsafeBufferPointer { pixels in
                for n in 0..<count {
                    for y in 0..<height {
                        let source = (n * height + reflected(y + shift, height)) * width * channels
                        let target = (n * height + y) * width * channels
                        for x in 0..<width {
                            for channel in 0..<channels {
                                result[target + x * channels + channel] =
                                    pixels[source + columns[x] + channel]
                            }
                        }
                    }
                }
            }
            initialized = pixels.count
        }
    }
}

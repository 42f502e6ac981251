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

    /// The averaged logits, `[N, C]`, or `[N, H, W, C]` of a model that gives them for every pixel,
    /// which are then mirrored back.
    ///
    /// - Parameters:
    ///   - pixels: Normalised pictures, `[N, H, W, 3]`, of at least 2×2 pixels.
    ///   - shape: `[N, H, W, 3]`.
    ///   - isPerPixel: Whether the logits are those of pixels, for which no view may be moved.
    ///   - logits: The model: the logits, row-major, of pictures of the same shape.
    public func logits(
        of pixels: [Float], shape: [Int], isPerPixel: Bool = false,
        by logits: ([Float]) -> [Float]
    ) -> Tensor {
        guard !isPerPixel || self != .flipTranslate else {
            fatalError("TestTimeAugmentation: the logits of pixels cannot be moved back")
        }
        func view(_ shift: Int, isMirrored: Bool) -> [Float] {
            guard shift != 0 || isMirrored else { return pixels }
            return moved(pixels, shape, by: shift, isMirrored: isMirrored)
        }
        func answer(_ shift: Int, isMirrored: Bool) -> Tensor {
            let values = logits(view(shift, isMirrored: isMirrored))
            guard isPerPixel else {
                return Tensor(values, shape: [shape[0], values.count / max(shape[0], 1)])
            }
            let places = shape[0] * shape[1] * shape[2]
            let result = Array(shape[..<3]) + [values.count / max(places, 1)]
            return Tensor(
                isMirrored ? moved(values, result, by: 0, isMirrored: true) : values,
                shape: Shape(result))
        }
        func bothSides(_ shift: Int) -> Tensor {
            answer(shift, isMirrored: false) * 0.5 + answer(shift, isMirrored: true) * 0.5
        }
        switch self {
        case .none: return answer(0, isMirrored: false)
        case .flip: return bothSides(0)
        case .flipTranslate: return bothSides(0) * 0.5 + (bothSides(-1) + bothSides(1)) * 0.25
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

import Glibc
import Tensor

extension GeometricOperation {
    /// Keeps the middle `window`, as torchvision's `center_crop` does it: halves round to even, and
    /// a picture smaller than `window` is first padded with black, the odd pixel at the far side.
    static func centerCrop(_ window: Spatial, of size: Spatial) -> Self {
        .crop(
            top: centerOffset(from: size.height, to: window.height),
            left: centerOffset(from: size.width, to: window.width), size: window, padding: .zero)
    }

    static func centerOffset(from old: Int, to new: Int) -> Int {
        new > old
            ? -((new - old) / 2)
            : Int((Double(old - new) / 2).rounded(.toNearestOrEven))
    }

    /// Keeps a random window of the picture padded by `padding` on every side; where even that is
    /// smaller than the window, it is padded by the difference (torchvision's
    /// `RandomCrop(…, pad_if_needed=True)`).
    static func randomCrop(
        _ window: Spatial, of size: Spatial, padding: Int, mode: PaddingMode,
        _ random: inout RandomStream
    ) -> Self {
        let top = randomOffset(from: size.height, to: window.height, padding: padding, &random)
        let left = randomOffset(from: size.width, to: window.width, padding: padding, &random)
        return .crop(top: top, left: left, size: window, padding: mode)
    }

    private static func randomOffset(
        from old: Int, to new: Int, padding: Int, _ random: inout RandomStream
    ) -> Int {
        var padding = padding
        if old + 2 * padding < new { padding += new - (old + 2 * padding) }
        return random.integer(below: old + 2 * padding - new + 1) - padding
    }
}

/// The part of a picture of `size` that a random resized crop keeps (torchvision's algorithm).
func randomResizedBox(
    in size: Spatial, scale: ClosedRange<Float>, ratio: ClosedRange<Float>,
    _ random: inout RandomStream
) -> (top: Int, left: Int, size: Spatial) {
    let area = Double(size.height * size.width)
    let (lowest, highest) = (Double(ratio.lowerBound), Double(ratio.upperBound))
    for _ in 0..<10 {
        let target = area * Double(random.uniform(in: scale))
        let position = Double(random.uniform())
        let aspect = exp(log(lowest) + (log(highest) - log(lowest)) * position)
        let width = Int((target * aspect).squareRoot().rounded(.toNearestOrEven))
        let height = Int((target / aspect).squareRoot().rounded(.toNearestOrEven))
        if (1...size.width).contains(width) && (1...size.height).contains(height) {
            let top = random.integer(below: size.height - height + 1)
            let left = random.integer(below: size.width - width + 1)
            return (top, left, Spatial(height: height, width: width))
        }
    }
    let whole = Double(size.width) / Double(size.height)
    var (height, width) = (size.height, size.width)
    if whole < lowest {
        height = Int((Double(width) / lowest).rounded(.toNearestOrEven))
    } else if whole > highest {
        width = Int((Double(height) * highest).rounded(.toNearestOrEven))
    }
    (height, width) = (min(max(height, 1), size.height), min(max(width, 1), size.width))
    return (
        (size.height - height) / 2, (size.width - width) / 2, Spatial(height: height, width: width)
    )
}

/// Adds a border to images.
///
///     y[n, i, j, c] = x[n, i − top, j − left, c] inside; 0, or the mirrored pixel, in the border
///     dx = Σ of the dy that came from it
///
/// - Parameters:
///   - x: `[N, H, W, C]`.
///   - top: Rows above.
///   - bottom: Rows below.
///   - left: Columns before.
///   - right: Columns after.
///   - mode: What the border holds; a reflection must be smaller than the image.
/// - Returns: `[N, top + H + bottom, left + W + right, C]`. Saves nothing.
public func pad(
    _ x: Tensor, top: Int, bottom: Int, left: Int, right: Int, mode: PadMode = .zero
) -> Tensor {
    checkRank(x, 4, "pad", "[N, H, W, C]")
    check(
        min(top, bottom, left, right) >= 0,
        "pad: the border (\(top), \(bottom), \(left), \(right)) must not be negative")
    check(
        mode == .zero || (max(top, bottom) < x.shape[1] && max(left, right) < x.shape[2]),
        "pad: a reflected border (\(top), \(bottom), \(left), \(right)) must be smaller than x \(x.shape)"
    )
    let geometry = PadGeometry(
        batch: x.shape[0], height: x.shape[1], width: x.shape[2], channels: x.shape[3], top: top,
        bottom: bottom, left: left, right: right, mode: mode)
    let shape: Shape = [x.shape[0], geometry.outputHeight, geometry.outputWidth, x.shape[3]]
    // The gradient of a reflection is a sum.
    let x = mode == .zero ? x : x.inFloat32
    let y = x.backend.make(shape, x.elementType) { $0.pad(x.memory, geometry, into: $1) }
    return record("pad", y, from: [x]) { [xShape = x.shape] dy, _ in
        [
            dy.backend.make(xShape, dy.elementType) {
                $0.padGradient(dy: dy.memory, geometry, into: $1)
            }
        ]
    }
}

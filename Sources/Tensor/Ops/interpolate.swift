/// Resamples images to another size, as PyTorch's `interpolate` does (no antialiasing).
///
///     source = alignCorners ? i · (H − 1) / (h − 1) : max((i + ½) · H / h − ½, 0)
///     y = the bilinear mix of the four pixels around it, or for `nearest` the pixel ⌊i · H / h⌋
///     dx = Σ of the dy it had a share in, times the share
///
/// - Parameters:
///   - x: `[N, H, W, C]`.
///   - size: h × w.
///   - mode: How values between pixels are made up.
///   - alignCorners: Whether corner pixels' centres coincide; for `bilinear` only.
/// - Returns: `[N, h, w, C]`. Saves nothing.
public func interpolate(
    _ x: Tensor, size: Spatial, mode: InterpolationMode, alignCorners: Bool = false
) -> Tensor {
    checkRank(x, 4, "interpolate", "[N, H, W, C]")
    check(
        size.height > 0 && size.width > 0 && x.shape[1] > 0 && x.shape[2] > 0,
        "interpolate: size \(size) and images \(x.shape) must not be empty")
    check(
        mode == .bilinear || !alignCorners,
        "interpolate: alignCorners has a meaning for bilinear interpolation only")
    let x = x.inFloat32
    let geometry = InterpolationGeometry(
        batch: x.shape[0], height: x.shape[1], width: x.shape[2], channels: x.shape[3],
        outputHeight: size.height, outputWidth: size.width, mode: mode, alignCorners: alignCorners)
    let y = x.backend.make([x.shape[0], size.height, size.width, x.shape[3]]) {
        $0.interpolate(x.memory, geometry, into: $1)
    }
    return record("interpolate", y, from: [x]) { [xShape = x.shape] dy, _ in
        [dy.backend.make(xShape) { $0.interpolateGradient(dy: dy.memory, geometry, into: $1) }]
    }
}

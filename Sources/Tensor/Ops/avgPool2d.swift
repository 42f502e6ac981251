/// Takes the mean of each window.
///
///     y[n, i, j, c] = 1/area · Σ_{r,s} x[n, i·stride + r − padding, …, c]
///     dx = Σ over the windows that hold it of dy / area
///
/// - Parameters:
///   - x: `[N, H, W, C]`.
///   - kernel: The window.
///   - stride: The step between windows; the window's size if nil.
///   - padding: Zeros around the images, at most half of the window.
///   - ceilMode: Whether a last, incomplete window counts.
///   - countsPadding: Whether the area includes the border.
/// - Returns: `[N, h, w, C]`. Saves nothing.
public func avgPool2d(
    _ x: Tensor, kernel: Spatial, stride: Spatial? = nil, padding: Spatial = 0,
    ceilMode: Bool = false, countsPadding: Bool = true
) -> Tensor {
    let geometry = Pool2dGeometry(
        x.shape, kernel: kernel, stride: stride ?? kernel, padding: padding, dilation: 1,
        ceilMode: ceilMode, countsPadding: countsPadding, operation: "avgPool2d")
    let y = x.backend.make(geometry.outputShape, x.elementType) {
        $0.avgPool2d(x.memory, geometry, into: $1)
    }
    return record("avgPool2d", y, from: [x]) { [xShape = x.shape] dy, _ in
        [
            dy.backend.make(xShape, dy.elementType) {
                $0.avgPool2dGradient(dy: dy.memory, geometry, into: $1)
            }
        ]
    }
}

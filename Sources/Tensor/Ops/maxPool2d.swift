/// Takes the maximum of each window.
///
///     y[n, i, j, c] = max_{r,s} x[n, i·stride + r·dilation − padding, …, c]
///     dx[position of the maximum] += dy
///
/// The first of equal maxima gets the gradient; a border never wins.
///
/// - Parameters:
///   - x: `[N, H, W, C]`.
///   - kernel: The window.
///   - stride: The step between windows; the window's size if nil.
///   - padding: The border, at most half of the window.
///   - dilation: The step between the window's taps.
///   - ceilMode: Whether a last, incomplete window counts.
/// - Returns: `[N, h, w, C]`. Saves the positions of the maxima.
public func maxPool2d(
    _ x: Tensor, kernel: Spatial, stride: Spatial? = nil, padding: Spatial = 0,
    dilation: Spatial = 1, ceilMode: Bool = false
) -> Tensor {
    let geometry = Pool2dGeometry(
        x.shape, kernel: kernel, stride: stride ?? kernel, padding: padding, dilation: dilation,
        ceilMode: ceilMode, countsPadding: false, operation: "maxPool2d")
    let indices = IntegerStorage(backend: x.backend, count: geometry.outputShape.count)
    let y = x.backend.make(geometry.outputShape, x.elementType) {
        $0.maxPool2d(x.memory, geometry, into: $1, indices: indices.memory)
    }
    return record("maxPool2d", y, from: [x]) { [indices, xShape = x.shape] dy, _ in
        [
            dy.backend.make(xShape, dy.elementType) {
                $0.maxPool2dGradient(dy: dy.memory, indices: indices.memory, geometry, into: $1)
            }
        ]
    }
}

/// Takes the means of a grid of cells that cover the images.
///
///     y[n, i, j, c] = mean of x[n, ⌊i·H/h⌋ ..< ⌈(i+1)·H/h⌉, …, c]
///     dx = Σ over the cells that hold it of dy / area
///
/// - Parameters:
///   - x: `[N, H, W, C]`.
///   - outputSize: h × w, the number of cells.
/// - Returns: `[N, h, w, C]`. Saves nothing.
public func adaptiveAvgPool2d(_ x: Tensor, outputSize: Spatial) -> Tensor {
    adaptiveAvgPool2d("adaptiveAvgPool2d", x, outputSize: outputSize, shape: nil)
}

/// The same, recorded under `name`, with the result in another shape of equal count.
func adaptiveAvgPool2d(
    _ name: StaticString, _ x: Tensor, outputSize: Spatial, shape: Shape?
) -> Tensor {
    let geometry = AdaptivePoolGeometry(x.shape, outputSize: outputSize, operation: name)
    let shape = shape ?? [x.shape[0], outputSize.height, outputSize.width, x.shape[3]]
    let y = x.backend.make(shape, x.elementType) {
        $0.adaptiveAvgPool2d(x.memory, geometry, into: $1)
    }
    return record(name, y, from: [x]) { [xShape = x.shape] dy, _ in
        [
            dy.backend.make(xShape, dy.elementType) {
                $0.adaptiveAvgPool2dGradient(dy: dy.memory, geometry, into: $1)
            }
        ]
    }
}

/// Adds up elements over axes.
///
///     y = Σ x        dx = dy, repeated
///
/// - Parameters:
///   - x: Any tensor.
///   - axes: The axes to sum over; all of them if nil.
///   - keepingAxes: Whether summed axes stay, with extent 1.
/// - Returns: The sums; a scalar for all axes. Saves nothing.
public func sum(_ x: Tensor, axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    scaledSum("sum", x, axes: axes, keepingAxes: keepingAxes) { _ in 1 }
}

/// A multiple of a sum, recorded; `scale` gets the number of elements behind each result.
func scaledSum(
    _ name: StaticString, _ x: Tensor, axes: [Int]?, keepingAxes: Bool, scale: (Int) -> Float
) -> Tensor {
    let reducing = Reducing(x.shape, axes: axes, keepingAxes: keepingAxes, operation: name)
    let scale = scale(reducing.groupCount)
    let x = x.inFloat32
    let y = x.backend.make(reducing.resultShape) {
        $0.reduceSum(x.memory, reducing.geometry, scale: scale, into: $1)
    }
    return record(name, y, from: [x]) { [xShape = x.shape, geometry = reducing.geometry] dy, _ in
        [dy.backend.make(xShape) { $0.expand(dy.memory, geometry, scale: scale, into: $1) }]
    }
}

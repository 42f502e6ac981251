/// Takes the maximum over axes.
///
///     y = max x        dx = dy where x is the maximum, shared equally among ties; else 0
///
/// - Parameters:
///   - x: Any tensor.
///   - axes: The axes to reduce, none of extent 0; all of them if nil.
///   - keepingAxes: Whether reduced axes stay, with extent 1.
/// - Returns: The maxima; a scalar for all axes. Saves x and the result.
public func max(_ x: Tensor, axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    let reducing = Reducing(x.shape, axes: axes, keepingAxes: keepingAxes, operation: "max")
    check(reducing.groupCount > 0, "max: x is \(x.shape); the maximum of no elements is undefined")
    let x = x.inFloat32
    let y = x.backend.make(reducing.resultShape) {
        $0.reduceMax(x.memory, reducing.geometry, into: $1)
    }
    return record("max", y, from: [x]) {
        [x = x.detached(), y, geometry = reducing.geometry] dy, _ in
        [
            dy.backend.make(x.shape) {
                $0.reduceMaxGradient(
                    x: x.memory, y: y.memory, dy: dy.memory, geometry, into: $1)
            }
        ]
    }
}

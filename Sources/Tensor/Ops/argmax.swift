/// The positions of the maxima along an axis; of equal ones the first. Not differentiable.
///
/// - Parameters:
///   - x: Any tensor whose extent along `axis` is not 0.
///   - axis: The axis; negative axes count from the end.
/// - Returns: One position for each element of the other axes, row-major.
public func argmax(_ x: Tensor, axis: Int = -1) -> [Int32] {
    let x = x.inFloat32
    let axis = x.shape.normalized(axis: axis, operation: "argmax")
    check(x.shape[axis] > 0, "argmax: x is \(x.shape); axis \(axis) is empty")
    let outer = x.shape.dimensions.prefix(axis).reduce(1, *)
    let inner = x.shape.dimensions.dropFirst(axis + 1).reduce(1, *)
    let indices = IntegerStorage(backend: x.backend, count: outer * inner)
    x.backend.argmax(
        x.memory, outer: outer, count: x.shape[axis], inner: inner, into: indices.memory)
    return indices.array()
}

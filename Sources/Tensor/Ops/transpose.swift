/// Puts the axes in another order.
///
///     y[i_{axes[0]}, i_{axes[1]}, …] = x[i_0, i_1, …]        dx = dy with the order undone
///
/// - Parameters:
///   - x: Any tensor.
///   - axes: For each axis of the result the axis of x it comes from; the reverse order if nil.
/// - Returns: A tensor of the permuted shape. Saves nothing.
public func transpose(_ x: Tensor, axes: [Int]? = nil) -> Tensor {
    let x = x.inFloat32
    let axes = axes ?? (0..<x.shape.rank).reversed()
    check(
        axes.sorted() == Array(0..<x.shape.rank),
        "transpose: \(axes) is no order of the axes of \(x.shape)")
    var inverse = axes
    for (position, axis) in axes.enumerated() { inverse[axis] = position }
    return record("transpose", permuted(x, axes), from: [x]) { [inverse] dy, _ in
        [permuted(dy, inverse)]
    }
}

private func permuted(_ x: Tensor, _ axes: [Int]) -> Tensor {
    x.backend.make(Shape(axes.map { x.shape[$0] })) {
        $0.permute(x.memory, dimensions: x.shape.dimensions, axes: axes, into: $1)
    }
}

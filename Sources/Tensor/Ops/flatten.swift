/// Merges all axes from `axis` on into one. Copies nothing.
///
///     [N, H, W, C] → [N, H·W·C]        dx = dy in x's shape
///
/// - Parameters:
///   - x: A tensor of at least `axis` axes.
///   - axis: The first axis to merge.
/// - Returns: A tensor of `axis` + 1 axes.
public func flatten(_ x: Tensor, from axis: Int = 1) -> Tensor {
    check(
        (0...x.shape.rank).contains(axis),
        "flatten: axis \(axis) does not exist in a tensor of shape \(x.shape)")
    let kept = Array(x.shape.dimensions.prefix(axis))
    let y = Tensor(
        shape: Shape(kept + [x.shape.dimensions.dropFirst(axis).reduce(1, *)]), storage: x.storage)
    return record("flatten", y, from: [x]) { [original = x.shape] dy, _ in
        [Tensor(shape: original, storage: dy.storage)]
    }
}

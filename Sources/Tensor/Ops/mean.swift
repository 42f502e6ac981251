/// Averages elements over axes.
///
///     y = 1/n · Σ x        dx = dy / n, repeated
///
/// - Parameters:
///   - x: Any tensor.
///   - axes: The axes to average over; all of them if nil.
///   - keepingAxes: Whether averaged axes stay, with extent 1.
/// - Returns: The means; a scalar for all axes. Saves nothing.
public func mean(_ x: Tensor, axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    scaledSum("mean", x, axes: axes, keepingAxes: keepingAxes) { 1 / Float($0) }
}

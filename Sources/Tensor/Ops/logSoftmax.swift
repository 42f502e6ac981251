/// The logarithm of softmax, without the overflow of taking both in turn.
///
///     y_c = x_c − ln Σ e^{x}        dx = dy − e^{y} · Σ dy        (along the last axis)
///
/// - Parameter x: `[…, C]`.
/// - Returns: A tensor of x's shape. Saves it.
public func logSoftmax(_ x: Tensor) -> Tensor { softmax("logSoftmax", x, logarithmic: true) }

/// The logistic function.
///
///     y = 1 / (1 + e⁻ˣ)        dx = dy · y · (1 − y)
///
/// Any shape; element by element. Saves y.
public func sigmoid(_ x: Tensor) -> Tensor { apply(.sigmoid, "sigmoid", to: x) }

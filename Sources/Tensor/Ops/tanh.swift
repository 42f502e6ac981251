/// The hyperbolic tangent.
///
///     y = tanh x        dx = dy · (1 − y²)
///
/// Any shape; element by element. Saves y.
public func tanh(_ x: Tensor) -> Tensor { apply(.tanh, "tanh", to: x) }

/// Cuts negative values to zero.
///
///     y = max(x, 0)        dx = dy where y > 0, else 0
///
/// Any shape; element by element. Saves y.
public func relu(_ x: Tensor) -> Tensor { apply(.relu, "relu", to: x) }

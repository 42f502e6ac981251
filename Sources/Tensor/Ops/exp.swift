/// The exponential function.
///
///     y = eˣ        dx = dy · y
///
/// Any shape; element by element. Saves y.
public func exp(_ x: Tensor) -> Tensor { apply(.exp, "exp", to: x) }

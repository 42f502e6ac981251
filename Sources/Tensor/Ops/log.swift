/// The natural logarithm.
///
///     y = ln x        dx = dy / x
///
/// Any shape; element by element. Saves x.
public func log(_ x: Tensor) -> Tensor { apply(.log, "log", to: x) }

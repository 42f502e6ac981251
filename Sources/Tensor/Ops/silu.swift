/// The sigmoid-weighted linear unit (swish).
///
///     y = x · σ(x)        dx = dy · σ(x) · (1 + x · (1 − σ(x)))
///
/// Any shape; element by element. Saves x.
public func silu(_ x: Tensor) -> Tensor { apply(.silu, "silu", to: x) }

/// The Gaussian error linear unit, in its exact form.
///
///     y = x · Φ(x)        dx = dy · (Φ(x) + x · φ(x)),   Φ the normal distribution, φ its density
///
/// Hendrycks & Gimpel 2016, https://arxiv.org/abs/1606.08415.
///
/// Any shape; element by element. Saves x.
public func gelu(_ x: Tensor) -> Tensor { apply(.gelu, "gelu", to: x) }

extension Tensor {
    /// Subtracts element by element, with NumPy broadcasting.
    ///
    ///     z = x − y        dx = Σ dz,  dy = −Σ dz        (Σ over repeated axes)
    ///
    /// Saves nothing.
    public static func - (x: Tensor, y: Tensor) -> Tensor {
        let (x, y) = (x.inFloat32, y.inFloat32)
        let z = combine(.subtract, x, y, operation: "subtract")
        return record("subtract", z, from: [x, y]) {
            [xShape = x.shape, yShape = y.shape] dz, wants in
            [
                wants[0] ? dz.summed(to: xShape) : nil,
                wants[1] ? affine(dz.summed(to: yShape), scale: -1) : nil,
            ]
        }
    }

    /// Subtracts `offset` from each element.
    public static func - (x: Tensor, offset: Float) -> Tensor { x + (-offset) }

    /// Subtracts each element from `minuend`.
    public static func - (minuend: Float, x: Tensor) -> Tensor {
        let z = affine(x, scale: -1, offset: minuend)
        return record("subtract", z, from: [x]) { dz, _ in [affine(dz, scale: -1)] }
    }

    /// Changes the sign of each element.
    public static prefix func - (x: Tensor) -> Tensor { 0 - x }
}

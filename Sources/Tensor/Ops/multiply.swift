extension Tensor {
    /// Multiplies element by element, with NumPy broadcasting.
    ///
    ///     z = x · y        dx = Σ dz · y,  dy = Σ dz · x        (Σ over repeated axes)
    ///
    /// Saves each side that the other's gradient needs.
    public static func * (x: Tensor, y: Tensor) -> Tensor {
        let (x, y) = (x.inFloat32, y.inFloat32)
        let z = combine(.multiply, x, y, operation: "multiply")
        return record("multiply", z, from: [x, y]) {
            [x = x.detached(), y = y.detached()] dz, wants in
            [
                wants[0]
                    ? combine(.multiply, dz, y, operation: "multiply").summed(to: x.shape) : nil,
                wants[1]
                    ? combine(.multiply, dz, x, operation: "multiply").summed(to: y.shape) : nil,
            ]
        }
    }

    /// Multiplies each element by `factor`.
    public static func * (x: Tensor, factor: Float) -> Tensor {
        record("multiply", affine(x, scale: factor), from: [x]) { dz, _ in
            [affine(dz, scale: factor)]
        }
    }

    /// Multiplies each element by `factor`.
    public static func * (factor: Float, x: Tensor) -> Tensor { x * factor }
}

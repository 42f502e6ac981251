extension Tensor {
    /// Adds element by element, with NumPy broadcasting.
    ///
    ///     z = x + y        dx = Σ dz,  dy = Σ dz        (Σ over repeated axes)
    ///
    /// Saves nothing.
    public static func + (x: Tensor, y: Tensor) -> Tensor {
        if x.elementType != .float32 || y.elementType != .float32 {
            // Sums over repeated axes are Float32 work.
            guard x.elementType == y.elementType, x.shape == y.shape else {
                return x.inFloat32 + y.inFloat32
            }
        }
        let z = combine(.add, x, y, operation: "add")
        return record("add", z, from: [x, y]) { [xShape = x.shape, yShape = y.shape] dz, wants in
            [wants[0] ? dz.summed(to: xShape) : nil, wants[1] ? dz.summed(to: yShape) : nil]
        }
    }

    /// Adds `offset` to each element.
    public static func + (x: Tensor, offset: Float) -> Tensor {
        record("add", affine(x, scale: 1, offset: offset), from: [x]) { dz, _ in [dz] }
    }

    /// Adds `offset` to each element.
    public static func + (offset: Float, x: Tensor) -> Tensor { x + offset }
}

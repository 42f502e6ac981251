extension Tensor {
    /// Divides element by element, with NumPy broadcasting.
    ///
    ///     z = x / y        dx = Σ dz / y,  dy = −Σ dz · z / y        (Σ over repeated axes)
    ///
    /// Saves y and z.
    public static func / (x: Tensor, y: Tensor) -> Tensor {
        let (x, y) = (x.inFloat32, y.inFloat32)
        let z = combine(.divide, x, y, operation: "divide")
        return record("divide", z, from: [x, y]) {
            [xShape = x.shape, y = y.detached(), z] dz, wants in
            let quotient = combine(.divide, dz, y, operation: "divide")
            guard wants[1] else { return [quotient.summed(to: xShape), nil] }
            let dy = combine(.multiply, quotient, z, operation: "divide").summed(to: y.shape)
            return [wants[0] ? quotient.summed(to: xShape) : nil, affine(dy, scale: -1)]
        }
    }

    /// Divides each element by `divisor`.
    public static func / (x: Tensor, divisor: Float) -> Tensor {
        let x = x.inFloat32
        let z = combine(.divide, x, x.backend.constant(divisor), operation: "divide")
        return record("divide", z, from: [x]) { dz, _ in
            [combine(.divide, dz, dz.backend.constant(divisor), operation: "divide")]
        }
    }

    /// Divides `dividend` by each element.
    public static func / (dividend: Float, x: Tensor) -> Tensor {
        x.backend.constant(dividend) / x
    }
}

extension Backend {
    /// A scalar on this backend.
    func constant(_ value: Float) -> Tensor {
        make([]) { $0.fill(value, count: 1, into: $1) }
    }
}

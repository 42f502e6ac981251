/// Multiplies matrices.
///
///     C = A · B        dA = dC · Bᵀ,  dB = Aᵀ · dC
///
/// - Parameters:
///   - a: `[…, M, K]`.
///   - b: `[…, K, N]` with the same leading axes.
/// - Returns: `[…, M, N]`. Saves a and b.
public func matmul(_ a: Tensor, _ b: Tensor) -> Tensor {
    let rank = a.shape.rank
    check(
        rank >= 2 && b.shape.rank == rank && a.shape[-1] == b.shape[-2]
            && a.shape.dimensions.dropLast(2) == b.shape.dimensions.dropLast(2),
        "matmul: \(a.shape) · \(b.shape): the last axis of a and the last but one of b must agree, "
            + "and so must all before them")
    let (a, b) = (a.inFloat32, b.inFloat32)
    let leading = Array(a.shape.dimensions.dropLast(2))
    let batch = leading.reduce(1, *)
    let (m, k, n) = (a.shape[-2], a.shape[-1], b.shape[-1])
    let c = product(
        a, b, MatrixGeometry(batch: batch, m: m, n: n, k: k), shape: Shape(leading + [m, n]))
    return record("matmul", c, from: [a, b]) { [a = a.detached(), b = b.detached()] dc, wants in
        let da = MatrixGeometry(batch: batch, m: m, n: k, k: n, transposesB: true)
        let db = MatrixGeometry(batch: batch, m: k, n: n, k: m, transposesA: true)
        return [
            wants[0] ? product(dc, b, da, shape: a.shape) : nil,
            wants[1] ? product(a, dc, db, shape: b.shape) : nil,
        ]
    }
}

/// op(A) · op(B) (+ bias) without recording.
func product(
    _ a: Tensor, _ b: Tensor, bias: Tensor? = nil, _ geometry: MatrixGeometry, shape: Shape
) -> Tensor {
    a.backend.make(shape) {
        $0.gemm(a.memory, b.memory, bias: bias?.memory, geometry, into: $1)
    }
}

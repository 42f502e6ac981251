/// An almost orthogonal matrix with the singular vectors of `matrix`, by Newton and Schulz's iteration
/// of fifth order (Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks",
/// https://kellerjordan.github.io/posts/muon/).
///
///     X ← matrix / (‖matrix‖ + 10⁻⁷),        ‖·‖ the Frobenius norm
///     X ← a X + (b A + c A²) X,  A = X Xᵀ    `steps` times, with a = 3.4445, b = −4.775, c = 2.0315
///
/// Where matrix = U S Vᵀ the result is U S' Vᵀ. The coefficients make small singular values grow fastest
/// rather than all of them converge: after five steps S' lies between about 0.7 and 1.2. A matrix of zeros
/// stays one. Waits for the device, and is outside of any recording.
///
/// - Parameters:
///   - matrix: `[…, O]`; all axes but the last are one, so that filters `[R, S, I, O]` are taken as
///     matrices of a column for each output.
///   - steps: The number of iterations.
/// - Returns: A tensor of the same shape.
public func orthogonalized(_ matrix: Tensor, steps: Int) -> Tensor {
    check(
        matrix.shape.rank >= 2 && matrix.count > 0 && steps > 0,
        "orthogonalized: \(matrix.shape) in \(steps) steps; expected a matrix and at least one step"
    )
    let (a, b, c): (Float, Float, Float) = (3.4445, -4.7750, 2.0315)
    let columns = matrix.shape[-1]
    let rows = matrix.count / columns
    let isTall = rows > columns
    let n = min(rows, columns)
    let full: Shape = [rows, columns]
    let scaled = affine(matrix, scale: Float(1 / (globalNorm([matrix]) + 1e-7)))
    var x = Tensor(shape: full, storage: scaled.storage)
    for _ in 0..<steps {
        // The product of the longer sides is small, and (b A + c A²) X = X (b B + c B²) with B = Xᵀ X.
        let gram = product(
            x, x,
            MatrixGeometry(
                batch: 1, m: n, n: n, k: max(rows, columns), transposesA: isTall,
                transposesB: !isTall), shape: [n, n])
        var polynomial = product(
            gram, gram, MatrixGeometry(batch: 1, m: n, n: n, k: n), shape: [n, n])
        polynomial.formWeightedSum(c, gram, b)
        var next =
            isTall
            ? product(x, polynomial, MatrixGeometry(batch: 1, m: rows, n: n, k: n), shape: full)
            : product(polynomial, x, MatrixGeometry(batch: 1, m: n, n: columns, k: n), shape: full)
        next.formWeightedSum(1, x, a)
        x = next
    }
    return Tensor(shape: matrix.shape, storage: x.storage)
}

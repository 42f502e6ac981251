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
/// All factors of the products of `X`'s steps are polynomials in the small one of X Xᵀ and Xᵀ X, so that the
/// steps can be taken on square matrices of the shorter side alone, and X be multiplied once:
///
///     Q ← P Q,  A ← P A P,   P = a I + b A + c A²;        at the end X ← Q X
///
/// That is what is done where it takes fewer operations: with one side 9 times the other, as in a 3×3
/// convolution, 2.7 times fewer in five steps. Rounding makes the eigenvalues of A that should be nothing
/// about 10⁻⁷, and each step makes those up to 12 times as large, so A is taken anew from X after five.
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
    let columns = matrix.shape[-1]
    let scaled = affine(matrix, scale: Float(1 / (globalNorm([matrix]) + 1e-7)))
    var x = SchulzMatrix(
        Tensor(shape: [matrix.count / columns, columns], storage: scaled.storage))
    var left = steps
    while left > 0 {
        let count = x.prefersSquares(steps: min(left, 5)) ? min(left, 5) : 1
        x.advance(steps: count)
        left -= count
    }
    return Tensor(shape: matrix.shape, storage: x.values.storage)
}

/// The matrix X on its way to an orthogonal one.
private struct SchulzMatrix {
    private static let (a, b, c): (Float, Float, Float) = (3.4445, -4.7750, 2.0315)

    private(set) var values: Tensor

    init(_ values: Tensor) { self.values = values }

    private var isTall: Bool { values.shape[0] > values.shape[1] }
    /// The shorter side.
    private var n: Int { min(values.shape[0], values.shape[1]) }

    /// Whether `steps` at once take fewer operations than one by one: in units of 2n³, with longer side
    /// = r n, products of the longer side are r and others 1.
    func prefersSquares(steps: Int) -> Bool {
        let r = max(values.shape[0], values.shape[1]) / n
        return 2 * r + 4 * steps - 3 < steps * (2 * r + 1)
    }

    /// X ← Q X, with Q the factors of all these steps, which are multiplied as square matrices.
    mutating func advance(steps: Int) {
        var gram = self.gram()
        var factor = Self.tail(of: gram)
        // Of all factors, and of the last one alone, without their a I.
        var identityShare = Self.a
        var last = factor
        for _ in 1..<steps {
            let half = Self.shiftedProduct(last, gram, plus: Self.a)
            gram = Self.shiftedProduct(last, half, plus: Self.a)
            last = Self.tail(of: gram)
            // (a I + last) (share I + factor) without its multiple of I.
            var next = Self.shiftedProduct(last, factor, plus: Self.a)
            next.formWeightedSum(1, last, identityShare)
            factor = next
            identityShare *= Self.a
        }
        multiply(by: factor, plus: identityShare)
    }

    /// The square matrix of products of the longer sides. As (b A + c A²) X = X (b B + c B²) with
    /// A = X Xᵀ and B = Xᵀ X, the smaller of both will do.
    private func gram() -> Tensor {
        product(
            values, values,
            MatrixGeometry(
                batch: 1, m: n, n: n, k: values.count / n, transposesA: isTall,
                transposesB: !isTall), shape: [n, n])
    }

    /// X ← (scale I + factor) X, from the side where the factor fits.
    private mutating func multiply(by factor: Tensor, plus scale: Float) {
        let length = values.count / n
        var next =
            isTall
            ? product(
                values, factor, MatrixGeometry(batch: 1, m: length, n: n, k: n), shape: values.shape
            )
            : product(
                factor, values, MatrixGeometry(batch: 1, m: n, n: length, k: n), shape: values.shape
            )
        next.formWeightedSum(1, values, scale)
        values = next
    }

    /// b A + c A².
    private static func tail(of gram: Tensor) -> Tensor {
        var square = squareProduct(gram, gram)
        square.formWeightedSum(c, gram, b)
        return square
    }

    /// (scale I + x) y of square matrices.
    private static func shiftedProduct(_ x: Tensor, _ y: Tensor, plus scale: Float) -> Tensor {
        var result = squareProduct(x, y)
        result.formWeightedSum(1, y, scale)
        return result
    }

    private static func squareProduct(_ x: Tensor, _ y: Tensor) -> Tensor {
        let n = x.shape[0]
        return product(x, y, MatrixGeometry(batch: 1, m: n, n: n, k: n), shape: [n, n])
    }
}

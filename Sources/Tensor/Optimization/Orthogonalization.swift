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
/// That is what is done where it takes fewer operations. All these products are symmetric, so that little
/// more than half of each is computed. With one side 9 times the other, as in a 3×3 convolution, five steps
/// then take about a quarter of the operations. Rounding makes the eigenvalues of A that should be nothing
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

    /// Whether `steps` at once take fewer operations than one by one: in units of n³, with longer side = r n,
    /// symmetric products of the shorter sides are 1 and of the longer ones r, the last one 2 r.
    func prefersSquares(steps: Int) -> Bool {
        let r = max(values.shape[0], values.shape[1]) / n
        return 3 * r + 4 * steps - 3 < steps * (3 * r + 1)
    }

    /// X ← Q X, with Q the product of the factors of all these steps.
    mutating func advance(steps: Int) {
        var gram = self.gram()
        var factor = Self.factor(of: gram)
        var all = factor
        for _ in 1..<steps {
            gram = Self.squareProduct(factor, Self.squareProduct(factor, gram))
            factor = Self.factor(of: gram)
            all = Self.squareProduct(factor, all)
        }
        multiply(by: all)
    }

    /// The square matrix of products of the longer sides: P X = X R where P is made of X Xᵀ as R is of Xᵀ X,
    /// so the smaller of both will do.
    private func gram() -> Tensor {
        product(
            values, values,
            MatrixGeometry(
                m: n, n: n, k: values.count / n, transposesA: isTall, transposesB: !isTall,
                isSymmetric: true), shape: [n, n])
    }

    /// X ← factor X, from the side where the factor fits.
    private mutating func multiply(by factor: Tensor) {
        let length = values.count / n
        values =
            isTall
            ? product(values, factor, MatrixGeometry(m: length, n: n, k: n), shape: values.shape)
            : product(factor, values, MatrixGeometry(m: n, n: length, k: n), shape: values.shape)
    }

    /// a I + b A + c A², as A (c A + b I) + a I.
    private static func factor(of gram: Tensor) -> Tensor {
        var right = affine(gram, scale: c)
        right.addToDiagonal(b)
        var factor = squareProduct(gram, right)
        factor.addToDiagonal(a)
        return factor
    }

    /// x y of polynomials in one symmetric matrix, whose product is symmetric, too.
    private static func squareProduct(_ x: Tensor, _ y: Tensor) -> Tensor {
        let n = x.shape[0]
        return product(x, y, MatrixGeometry(m: n, n: n, k: n, isSymmetric: true), shape: [n, n])
    }
}

extension Tensor {
    /// self ← self + value · identity.
    fileprivate mutating func addToDiagonal(_ value: Float) {
        let size = shape[0]
        withUniqueMemory { backend, memory in
            backend.addToDiagonal(value, of: memory, size: size)
        }
    }
}

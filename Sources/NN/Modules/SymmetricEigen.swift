/// Eigenvalues and eigenvectors of a symmetric matrix.
public struct SymmetricEigen {
    /// The eigenvalues, the largest first.
    public let values: [Double]
    /// The eigenvectors in the same order, each of length one.
    public let vectors: [[Double]]
}

/// Decomposes a symmetric matrix by cyclic Jacobi rotations (Golub & Van Loan, "Matrix
/// Computations", 8.5): slow for large matrices, but accurate to rounding for small ones, and always
/// the same.
///
/// - Parameters:
///   - matrix: `[size, size]`, row-major; what is below the diagonal is not read.
///   - size: The number of rows.
/// - Returns: The decomposition. An eigenvector's sign is arbitrary.
public func symmetricEigen(_ matrix: [Double], size: Int) -> SymmetricEigen {
    guard size > 0, matrix.count == size * size else {
        fatalError("symmetricEigen: \(matrix.count) elements are not a matrix of \(size) rows")
    }
    var rotation = JacobiRotation(matrix, size: size)
    // Convergence is quadratic: a dozen sweeps are more than any matrix needs.
    for _ in 0..<60 where !rotation.isDiagonal { rotation.sweep() }
    let values = (0..<size).map { rotation.a[$0 * size + $0] }
    let order = values.indices.sorted {
        values[$0] == values[$1] ? $0 < $1 : values[$0] > values[$1]
    }
    return SymmetricEigen(
        values: order.map { values[$0] },
        vectors: order.map { column in (0..<size).map { rotation.v[$0 * size + column] } })
}

/// A matrix on its way to the diagonal, and the product of the rotations so far.
private struct JacobiRotation {
    var a: [Double]
    var v: [Double]
    private let size: Int
    /// Elements off the diagonal below this change no bit of an eigenvector.
    private let threshold: Double

    init(_ matrix: [Double], size: Int) {
        self.size = size
        a = matrix
        v = [Double](repeating: 0, count: size * size)
        var largest = 0.0
        for i in 0..<size {
            v[i * size + i] = 1
            for j in i..<size {
                a[j * size + i] = a[i * size + j]
                largest = max(largest, abs(a[i * size + j]))
            }
        }
        threshold = largest * 1e-30
    }

    var isDiagonal: Bool {
        for i in 0..<size {
            for j in (i + 1)..<max(size, i + 1) where abs(a[i * size + j]) > threshold {
                return false
            }
        }
        return true
    }

    /// One rotation for each pair of rows.
    mutating func sweep() {
        for p in 0..<size {
            for q in (p + 1)..<max(size, p + 1) where a[p * size + q] != 0 { rotate(p, q) }
        }
    }

    /// Makes the element (p, q) zero.
    private mutating func rotate(_ p: Int, _ q: Int) {
        let angle = (a[q * size + q] - a[p * size + p]) / (2 * a[p * size + q])
        // The smaller root of t² + 2·angle·t − 1: the rotation by less than 45°.
        let t = (angle < 0 ? -1 : 1) / (abs(angle) + (angle * angle + 1).squareRoot())
        let c = 1 / (t * t + 1).squareRoot()
        let s = t * c
        for k in 0..<size {
            let (x, y) = (a[k * size + p], a[k * size + q])
            a[k * size + p] = c * x - s * y
            a[k * size + q] = s * x + c * y
        }
        for k in 0..<size {
            let (x, y) = (a[p * size + k], a[q * size + k])
            a[p * size + k] = c * x - s * y
            a[q * size + k] = s * x + c * y
        }
        a[p * size + q] = 0
        a[q * size + p] = 0
        for k in 0..<size {
            let (x, y) = (v[k * size + p], v[k * size + q])
            v[k * size + p] = c * x - s * y
            v[k * size + q] = s * x + c * y
        }
    }
}

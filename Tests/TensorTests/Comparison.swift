import Tensor
import Testing

/// How far two arrays may be apart.
struct Tolerance: Sendable {
    /// The greatest difference of two elements, as a share of the greatest expected magnitude.
    let element: Double
    /// The L2 norm of the difference, as a share of the norm of what is expected.
    let norm: Double

    /// Element-wise Float arithmetic: a few units in the last place.
    static let elementwise = Tolerance(element: 2e-6, norm: 1e-6)
    /// Sums in Float, whose rounding grows with the root of the number of terms.
    static let sums = Tolerance(element: 1e-5, norm: 5e-6)
    /// Convolutions: the transforms of Winograd's method lose about a digit to direct sums.
    static let convolution = Tolerance(element: 2e-5, norm: 1e-5)
    /// Results that are rounded to 8 bits, whose neighbours are up to 2⁻⁷ of them apart: an element
    /// near the middle may be rounded either way. Of a hundred that happens to a few: were sums rounded
    /// on their way, it would to most.
    static let bfloat16 = Tolerance(element: 0x1p-7, norm: 0x1p-9)
    /// Differences of sums that cancel (batch norm, softmax).
    static let cancelling = Tolerance(element: 5e-6, norm: 3e-6)
}

/// Expects `actual` to be `expected`, element by element, and says where they differ most.
func expectClose(
    _ actual: [Float], _ expected: [Float], _ tolerance: Tolerance, _ what: String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    if let difference = tolerance.difference(of: actual, from: expected) {
        Issue.record("\(what): \(difference)", sourceLocation: sourceLocation)
    }
}

extension Tolerance {
    /// How `actual` is further from `expected` than this; nil if it is not.
    func difference(of actual: [Float], from expected: [Float]) -> String? {
        guard actual.count == expected.count else {
            return "\(actual.count) elements, not \(expected.count)"
        }
        var worst = (difference: 0.0, index: 0)
        var squares = (difference: 0.0, expected: 0.0)
        var scale = 0.0
        for (index, (a, e)) in zip(actual, expected).enumerated() {
            if e.isFinite {
                scale = Swift.max(scale, abs(Double(e)))
                squares.expected += Double(e) * Double(e)
            }
            if a == e || (a.isNaN && e.isNaN) { continue }
            let difference = abs(Double(a) - Double(e))
            // NaN is greater than any difference.
            if !(difference <= worst.difference) { worst = (difference, index) }
            squares.difference += difference * difference
        }
        guard worst.difference != 0 else { return nil }
        let relative = (squares.difference / squares.expected).squareRoot()
        if worst.difference <= element * scale && relative <= norm { return nil }
        return """
            element \(worst.index) of \(actual.count) is \(actual[worst.index]), not \
            \(expected[worst.index]): off by \(worst.difference / scale) of the greatest magnitude, \
            relative L2 \(relative)
            """
    }
}

/// Expects the same bits.
func expectIdentical(
    _ actual: [Float], _ expected: [Float], _ what: String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let different = zip(actual, expected).enumerated().first {
        $1.0.bitPattern != $1.1.bitPattern
    }
    #expect(
        actual.count == expected.count && different == nil,
        """
        \(what): \(actual.count) and \(expected.count) elements, the first difference at \
        \(different.map { "\($0.offset): \($0.element.0) and \($0.element.1)" } ?? "none")
        """, sourceLocation: sourceLocation)
}

/// The backends that tests share. Tests that count memory or threads make their own.
enum TestBackends {
    static let reference = ReferenceBackend()
    static let oneThread = CPUBackend(threadCount: 1)
    static let manyThreads = [2, 3, 8].map { CPUBackend(threadCount: $0) }
    static let cpu = manyThreads[0]
}

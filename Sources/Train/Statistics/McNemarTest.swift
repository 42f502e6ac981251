import Glibc
import Support

/// Whether two classifiers make different numbers of mistakes on the same samples (McNemar 1947).
///
/// Of b samples that only the first has right, and c that only the second has right, half of each is
/// expected where both are equally good:
///
///     b + c < 25:   p = min(1, 2 · P(X ≤ min(b, c))),  X ~ Binomial(b + c, ½)      (exact)
///     else:         χ² = (|b − c| − 1)² / (b + c) with one degree of freedom          (Edwards 1948)
///
/// The continuity correction is not larger than |b − c|, as in R.
public struct McNemarTest: Sendable, Equatable {
    /// Samples that only the first, and only the second, classified right.
    public let onlyFirst: Int, onlySecond: Int
    /// The statistic χ²; nil where the test is exact.
    public let statistic: Double?
    /// The two-sided probability of a difference as large as this one, or larger, by chance.
    public let pValue: Double

    private static let exactLimit = 25

    /// Tests the numbers of samples that only one of two classifiers has right.
    public init(onlyFirst: Int, onlySecond: Int) {
        self.onlyFirst = onlyFirst
        self.onlySecond = onlySecond
        let count = onlyFirst + onlySecond
        guard count >= Self.exactLimit else {
            statistic = nil
            pValue = min(1, 2 * binomialTail(min(onlyFirst, onlySecond), of: count))
            return
        }
        let difference = abs(onlyFirst - onlySecond)
        let corrected = Double(difference - min(1, difference))
        let statistic = corrected * corrected / Double(count)
        self.statistic = statistic
        // The survival function of χ² with one degree of freedom.
        pValue = erfc((statistic / 2).squareRoot())
    }

    var json: JSONValue {
        [
            "only_a_right": .integer(onlyFirst), "only_b_right": .integer(onlySecond),
            "kind": .string(statistic == nil ? "exact binomial" : "chi-square, corrected"),
            "statistic": statistic.map(JSONValue.number) ?? .null, "p": .number(pValue),
        ]
    }
}

/// P(X ≤ k) for X ~ Binomial(n, ½), n small.
private func binomialTail(_ k: Int, of n: Int) -> Double {
    var (term, sum) = (1.0, 1.0)
    for i in 0..<max(k, 0) {
        term *= Double(n - i) / Double(i + 1)
        sum += term
    }
    return sum * pow(0.5, Double(n))
}

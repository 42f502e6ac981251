import Glibc
import Support

/// The mean of a few measurements, such as those of several seeds, with how far it can be trusted.
public struct SampleStatistics: Sendable, Equatable {
    /// The number of measurements.
    public let count: Int
    /// Their mean.
    public let mean: Double
    /// The standard deviation with n − 1; nil for a single one.
    public let standardDeviation: Double?
    /// The 95 % interval of the mean by Student's t: mean ± t(0.975, n − 1) · s / √n; nil for a single
    /// one.
    public let interval: Interval?

    /// Nil without measurements.
    public init?(_ values: [Double]) {
        guard !values.isEmpty else { return nil }
        count = values.count
        let mean = arithmeticMean(values)
        self.mean = mean
        guard count > 1 else {
            standardDeviation = nil
            interval = nil
            return
        }
        let squares = values.map { ($0 - mean) * ($0 - mean) }
        let deviation = (pairwiseSum(squares) / Double(count - 1)).squareRoot()
        standardDeviation = deviation
        let half =
            studentQuantile(0.975, degrees: count - 1) * deviation / Double(count).squareRoot()
        interval = Interval(lower: mean - half, upper: mean + half)
    }

    var json: JSONValue {
        [
            "count": .integer(count), "mean": .number(mean),
            "std": standardDeviation.map(JSONValue.number) ?? .null,
            "interval": interval?.json ?? .null,
        ]
    }
}

/// The quantile of Student's t distribution at `share` in [0.5, 1).
///
/// Found by bisection of the distribution function 1 − I(ν / (ν + t²); ν/2, ½) / 2.
package func studentQuantile(_ share: Double, degrees: Int) -> Double {
    let nu = Double(degrees)
    func cumulative(_ t: Double) -> Double {
        1 - incompleteBeta(nu / (nu + t * t), nu / 2, 0.5) / 2
    }
    var (low, high) = (0.0, 1.0)
    while cumulative(high) < share, high < 1e9 { high *= 2 }
    for _ in 0..<200 {
        let middle = (low + high) / 2
        if middle == low || middle == high { break }
        if cumulative(middle) < share { low = middle } else { high = middle }
    }
    return (low + high) / 2
}

/// The regularised incomplete beta function I(x; a, b), by its continued fraction (Abramowitz and
/// Stegun, 26.5.8; evaluated by Lentz's method).
package func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    // The fraction converges fast on this side of the mean only.
    if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
    let logBeta: Double = lgamma(a) + lgamma(b) - lgamma(a + b)
    let logPowers: Double = a * log(x) + b * log(1 - x)
    let front = exp(logPowers - logBeta) / a
    let tiny = 1e-300
    func guarded(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var c = 1.0
    var d = 1 / guarded(1 - (a + b) * x / (a + 1))
    var fraction = d
    for m in 1...500 {
        let k = Double(m)
        let even = k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k))
        d = 1 / guarded(1 + even * d)
        c = guarded(1 + even / c)
        fraction *= c * d
        let odd = -(a + k) * (a + b + k) * x / ((a + 2 * k) * (a + 2 * k + 1))
        d = 1 / guarded(1 + odd * d)
        c = guarded(1 + odd / c)
        fraction *= c * d
        if abs(c * d - 1) < 1e-16 { break }
    }
    return front * fraction
}

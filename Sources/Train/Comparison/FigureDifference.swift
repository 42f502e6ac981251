import Support

/// A figure of two models on the same samples, and the difference.
public struct FigureDifference: Sendable {
    /// Its name.
    public let name: String
    /// Its value for each; nil where undefined.
    public let a: Double?, b: Double?
    /// B − A; nil where one is undefined.
    public let difference: Double?
    /// The 95 % interval of the difference.
    public let interval: Interval?
    /// Two-sided: 2 · min(P(d ≤ 0), P(d ≥ 0)) over the resamples d, none of which counts as 0.
    public let pValue: Double?
    /// Whether smaller is better.
    public let isLoss: Bool

    /// Whether B is better, beyond the interval; nil where that is open.
    public var isBetter: Bool? {
        guard let interval, interval.lower > 0 || interval.upper < 0 else { return nil }
        return (interval.lower > 0) != isLoss
    }

    /// The differences on resamples on which both models are measured.
    ///
    /// - Parameters:
    ///   - names: The figures.
    ///   - losses: The places of those of which smaller is better.
    ///   - sampleCount: The number of samples.
    ///   - bootstrap: The resamples.
    ///   - a: The figures of the first model on a resample; NaN where one is undefined.
    ///   - b: Those of the second.
    static func paired(
        _ names: [String], losses: [Int], sampleCount: Int, _ bootstrap: Bootstrap,
        a: (UnsafeBufferPointer<UInt32>) -> [Double], b: (UnsafeBufferPointer<UInt32>) -> [Double]
    ) -> [FigureDifference] {
        let once = [UInt32](repeating: 1, count: sampleCount)
        let (valuesA, valuesB) = once.withUnsafeBufferPointer { (a($0), b($0)) }
        let distributions = bootstrap.distributions(
            sampleCount: sampleCount, figureCount: names.count
        ) { counts, figures in
            let (x, y) = (a(counts), b(counts))
            for place in names.indices { figures[place] = y[place] - x[place] }
        }
        return names.indices.map { place in
            let (x, y) = (valuesA[place], valuesB[place])
            let isDefined = !x.isNaN && !y.isNaN
            return FigureDifference(
                name: names[place], a: isDefined ? x : nil, b: isDefined ? y : nil,
                difference: isDefined ? y - x : nil,
                interval: isDefined ? distributions[place].interval : nil,
                pValue: isDefined ? pValue(distributions[place].values) : nil,
                isLoss: losses.contains(place))
        }
    }

    /// One is added above and below, so that a finite number of resamples never claims certainty.
    private static func pValue(_ differences: [Double]) -> Double? {
        let defined = differences.filter { !$0.isNaN }
        guard !defined.isEmpty else { return nil }
        let tail = min(defined.count { $0 <= 0 }, defined.count { $0 >= 0 })
        return min(1, 2 * Double(tail + 1) / Double(defined.count + 1))
    }

    /// The difference for programs.
    var json: JSONValue {
        func number(_ value: Double?) -> JSONValue { value.map(JSONValue.number) ?? .null }
        return [
            "name": .string(name), "a": number(a), "b": number(b),
            "difference": number(difference), "interval": interval?.json ?? .null,
            "p": number(pValue), "better": isBetter.map(JSONValue.bool) ?? .null,
        ]
    }
}

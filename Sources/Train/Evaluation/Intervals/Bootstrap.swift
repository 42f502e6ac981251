import Tensor

/// The bootstrap over samples: how far a figure would have moved with another sample of the same size.
///
/// Each resample draws as many samples as there are, with replacement. It is handed out as how often
/// each sample was drawn, so that a metric weights what it has instead of copying it. Resample `r` is
/// the stream (`seed`, `bootstrap`, epoch `r`) of the keyed generator: the same for every metric, so
/// two models measured on the same samples are compared in pairs, and no thread count changes it.
/// (Efron, "Bootstrap methods: another look at the jackknife", 1979.)
public struct Bootstrap: Sendable, Equatable {
    /// The seed of the draws.
    public var seed: UInt64
    /// The number of resamples.
    public var resampleCount: Int
    /// The share of the resamples that an interval holds.
    public var confidence: Double

    /// Describes a bootstrap.
    public init(seed: UInt64 = 0, resampleCount: Int = 1000, confidence: Double = 0.95) {
        guard resampleCount > 0, confidence > 0, confidence < 1 else {
            fatalError(
                "bootstrap: \(resampleCount) resamples, confidence \(confidence); "
                    + "expected at least 1, and a confidence between 0 and 1")
        }
        self.seed = seed
        self.resampleCount = resampleCount
        self.confidence = confidence
    }

    /// What several figures are on every resample.
    ///
    /// - Parameters:
    ///   - sampleCount: The number of samples, at least 1.
    ///   - figureCount: The number of figures that `measure` computes.
    ///   - measure: Computes the figures from how often each sample was drawn; NaN where a figure is
    ///     undefined.
    /// - Returns: A distribution for each figure.
    public func distributions(
        sampleCount: Int, figureCount: Int,
        measure: (
            _ counts: UnsafeBufferPointer<UInt32>, _ figures: UnsafeMutableBufferPointer<Double>
        ) -> Void
    ) -> [BootstrapDistribution] {
        guard sampleCount > 0 else { fatalError("bootstrap: there are no samples to draw from") }
        var values = [Double](repeating: .nan, count: figureCount * resampleCount)
        var counts = [UInt32](repeating: 0, count: sampleCount)
        var figures = [Double](repeating: .nan, count: figureCount)
        for resample in 0..<resampleCount {
            counts.withUnsafeMutableBufferPointer { counts in
                draw(resample, into: counts)
                figures.withUnsafeMutableBufferPointer { figures in
                    figures.update(repeating: .nan)
                    measure(UnsafeBufferPointer(counts), figures)
                }
            }
            for figure in 0..<figureCount {
                values[figure * resampleCount + resample] = figures[figure]
            }
        }
        return (0..<figureCount).map { figure in
            BootstrapDistribution(
                values: Array(values[figure * resampleCount..<(figure + 1) * resampleCount]),
                confidence: confidence)
        }
    }

    /// What one figure is on every resample.
    public func distribution(
        sampleCount: Int, measure: (_ counts: UnsafeBufferPointer<UInt32>) -> Double
    ) -> BootstrapDistribution {
        distributions(sampleCount: sampleCount, figureCount: 1) { counts, figures in
            figures[0] = measure(counts)
        }[0]
    }

    /// Counts how often resample number `resample` holds each sample.
    private func draw(_ resample: Int, into counts: UnsafeMutableBufferPointer<UInt32>) {
        counts.update(repeating: 0)
        var stream = RandomStream(seed: seed, purpose: .bootstrap, epoch: resample)
        for _ in counts.indices { counts[stream.integer(below: counts.count)] += 1 }
    }
}

/// The values of a figure on the resamples of a bootstrap.
public struct BootstrapDistribution: Sendable, Equatable {
    /// The value on each resample, in their order; NaN where the figure is undefined there.
    public let values: [Double]
    /// The share of the resamples that `interval` holds.
    public let confidence: Double

    private let sorted: [Double]

    /// Collects the values of resamples.
    public init(values: [Double], confidence: Double) {
        self.values = values
        self.confidence = confidence
        sorted = values.filter { !$0.isNaN }.sorted()
    }

    /// The resamples on which the figure is defined.
    public var definedCount: Int { sorted.count }

    /// The percentile interval; nil where the figure is undefined on more than half of the resamples.
    public var interval: Interval? {
        guard sorted.count * 2 >= values.count else { return nil }
        let tail = (1 - confidence) / 2
        guard let lower = quantile(tail), let upper = quantile(1 - tail) else { return nil }
        return Interval(lower: lower, upper: upper)
    }

    /// The quantile at `share`, linear between the two nearest defined values (NumPy's default); nil
    /// without any.
    public func quantile(_ share: Double) -> Double? { Train.quantile(ofSorted: sorted, share) }

    /// The standard deviation of the defined values: the standard error of the figure.
    public var standardError: Double? {
        guard sorted.count > 1 else { return nil }
        let mean = arithmeticMean(sorted)
        let squares = sorted.map { ($0 - mean) * ($0 - mean) }
        return (pairwiseSum(squares) / Double(sorted.count - 1)).squareRoot()
    }
}

/// The quantile of ascending values at `share`, linear between the two nearest (NumPy's default); nil
/// without any.
func quantile(ofSorted sorted: [Double], _ share: Double) -> Double? {
    guard let last = sorted.last else { return nil }
    let place = share * Double(sorted.count - 1)
    let below = min(max(Int(place), 0), sorted.count - 1)
    guard below + 1 < sorted.count else { return last }
    return sorted[below] + (place - Double(below)) * (sorted[below + 1] - sorted[below])
}

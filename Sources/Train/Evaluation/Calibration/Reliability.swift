/// How far the probability of the predicted class is from the share of right answers.
///
/// With the samples in bins of their confidence, of which bin b has `n` with mean confidence `conf`
/// and accuracy `acc`:
///
///     expected error (ECE) = Σ (n/N)·|acc − conf|        maximum error (MCE) = max |acc − conf|
///
/// Bins are `(lower, upper]` of equal width (Guo et al., "On calibration of modern neural networks",
/// 2017), or hold equally many samples each for the adaptive error, which no choice of edges moves
/// (Nguyen and O'Connor, 2015). All of them are above 0 by chance even for a perfect model.
public struct Reliability: Sendable {
    /// One bin of equal width.
    public struct Bin: Sendable, Equatable {
        /// The confidences that belong to it, without the lower end.
        public let range: ClosedRange<Double>
        /// The samples in it.
        public let count: Int
        /// Their mean confidence; nil without samples.
        public let confidence: Double?
        /// The share of them that is right; nil without samples.
        public let accuracy: Double?
    }

    /// The errors of one choice of samples.
    public struct Errors: Sendable, Equatable {
        /// The mean over the bins of equal width, weighted by their samples (ECE).
        public let expected: Double
        /// The largest over the bins of equal width (MCE).
        public let maximum: Double
        /// The mean over bins of equally many samples.
        public let adaptive: Double
    }

    /// The number of bins.
    public static let binCount = 15

    /// The bins of equal width.
    public let bins: [Bin]
    /// The errors.
    public let errors: Errors

    private let confidences: [Double]
    private let hits: [Double]
    private let binOfSample: [Int]
    /// The samples, the least confident first; the earlier of equal ones first.
    private let order: [Int]

    /// Sorts the samples into bins; nil without samples or with probabilities that are not finite.
    public init?(_ predictions: Predictions) {
        guard predictions.reasonWithoutProbabilities == nil else { return nil }
        let samples = 0..<predictions.sampleCount
        confidences = samples.map { Double(predictions.confidence($0)) }
        hits = samples.map { predictions.labels[$0] == predictions.predictedLabels[$0] ? 1 : 0 }
        binOfSample = confidences.map { confidence in
            let place = (confidence * Double(Self.binCount)).rounded(.up)
            return Int(min(max(place - 1, 0), Double(Self.binCount - 1)))
        }
        let values = confidences
        order = samples.sorted { (values[$0], $0) < (values[$1], $1) }
        let ones = [UInt32](repeating: 1, count: predictions.sampleCount)
        let sums = ones.withUnsafeBufferPointer { [hits, binOfSample] in
            Self.sums($0, values, hits, binOfSample)
        }
        bins = sums.enumerated().map { index, sum in
            let lower = Double(index) / Double(Self.binCount)
            return Bin(
                range: lower...Double(index + 1) / Double(Self.binCount), count: Int(sum.count),
                confidence: sum.count > 0 ? sum.confidence / sum.count : nil,
                accuracy: sum.count > 0 ? sum.hits / sum.count : nil)
        }
        errors = ones.withUnsafeBufferPointer { [hits, binOfSample, order] in
            Self.errors($0, values, hits, binOfSample, order)
        }
    }

    /// The errors when every sample counts as often as `counts` says.
    func errors(_ counts: UnsafeBufferPointer<UInt32>) -> Errors {
        Self.errors(counts, confidences, hits, binOfSample, order)
    }

    private typealias Sum = (count: Double, confidence: Double, hits: Double)

    private static func sums(
        _ counts: UnsafeBufferPointer<UInt32>, _ confidences: [Double], _ hits: [Double],
        _ bins: [Int]
    ) -> [Sum] {
        var sums = [Sum](repeating: (0, 0, 0), count: binCount)
        for sample in counts.indices {
            let weight = Double(counts[sample])
            sums[bins[sample]].count += weight
            sums[bins[sample]].confidence += weight * confidences[sample]
            sums[bins[sample]].hits += weight * hits[sample]
        }
        return sums
    }

    private static func errors(
        _ counts: UnsafeBufferPointer<UInt32>, _ confidences: [Double], _ hits: [Double],
        _ bins: [Int], _ order: [Int]
    ) -> Errors {
        let sums = sums(counts, confidences, hits, bins).filter { $0.count > 0 }
        let all = sums.reduce(0) { $0 + $1.count }
        return Errors(
            expected: sums.reduce(0) { $0 + abs($1.hits - $1.confidence) } / all,
            maximum: sums.map { abs($0.hits - $0.confidence) / $0.count }.max() ?? 0,
            adaptive: adaptive(counts, confidences, hits, order, count: Int(all)))
    }

    /// Fills bins of equally many samples in the order of confidence; the first ones take the rest of
    /// the division.
    private static func adaptive(
        _ counts: UnsafeBufferPointer<UInt32>, _ confidences: [Double], _ hits: [Double],
        _ order: [Int], count: Int
    ) -> Double {
        var (total, difference) = (0.0, 0.0)
        var bin = 0
        func size(_ bin: Int) -> Int { count / binCount + (bin < count % binCount ? 1 : 0) }
        var room = size(0)
        for sample in order {
            var left = Int(counts[sample])
            while left > 0 {
                let taken = min(left, room)
                difference += Double(taken) * (hits[sample] - confidences[sample])
                left -= taken
                room -= taken
                guard room == 0 else { continue }
                total += abs(difference)
                difference = 0
                bin += 1
                room = size(bin)
            }
        }
        return total / Double(count)
    }
}

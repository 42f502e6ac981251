/// The samples in the order of each class's probability, and what follows from that order when every
/// sample counts a given number of times.
///
/// Sorting is done once; a resample costs one walk over each class. In the walk from the lowest score
/// up, a sample of the class itself wins against every sample passed before it, so that one walk gives
/// the area against the rest, the areas against each other class, and the average precision.
struct ClassRanking {
    private let classCount: Int
    private let sampleCount: Int
    /// `[classCount][sampleCount]`, ascending: the sample, twice, plus 1 if the next one ties with it.
    private let entries: [UInt32]
    /// The class of each entry's sample.
    private let entryLabels: [UInt32]
    private let labels: [Int32]

    /// The number of samples of each class.
    private(set) var totals: [Double]
    /// `[classCount][classCount]`: how often a sample of the row's class beats one of the column's
    /// class by the probability of the row's class; ties count one half.
    private var wins: [Double]
    /// The average precision of each class; NaN without samples.
    private(set) var averagePrecisions: [Double]

    /// Sorts the samples of `predictions`, whose probabilities are finite.
    init(_ predictions: Predictions) {
        classCount = predictions.classCount
        sampleCount = predictions.sampleCount
        labels = predictions.labels
        var entries: [UInt32] = []
        entries.reserveCapacity(sampleCount * classCount)
        for index in 0..<classCount {
            entries += Self.ascending(predictions.column(index))
        }
        self.entries = entries
        let labels = labels
        entryLabels = entries.map { UInt32(labels[Int($0 >> 1)]) }
        totals = [Double](repeating: 0, count: classCount)
        wins = [Double](repeating: 0, count: classCount * classCount)
        averagePrecisions = [Double](repeating: .nan, count: classCount)
    }

    /// The places of `scores` from the lowest up, twice, plus 1 where the next one is equal.
    static func ascending(_ scores: [Float]) -> [UInt32] {
        let keys = scores.enumerated().map { UInt64(orderedBits($1)) << 32 | UInt64($0) }.sorted()
        return keys.indices.map { index in
            let ties = index + 1 < keys.count && keys[index] >> 32 == keys[index + 1] >> 32
            return UInt32(truncatingIfNeeded: keys[index]) << 1 | (ties ? 1 : 0)
        }
    }

    /// Walks over all classes, counting each sample as often as `counts` says.
    mutating func count(_ counts: UnsafeBufferPointer<UInt32>) {
        for index in totals.indices { totals[index] = 0 }
        for sample in 0..<sampleCount { totals[Int(labels[sample])] += Double(counts[sample]) }
        var walk = Walk(classCount: classCount)
        for index in 0..<classCount {
            let own = index * sampleCount..<(index + 1) * sampleCount
            let precision = entries.withUnsafeBufferPointer { entries in
                entryLabels.withUnsafeBufferPointer { entryLabels in
                    walk.run(
                        UnsafeBufferPointer(rebasing: entries[own]),
                        UnsafeBufferPointer(rebasing: entryLabels[own]), counts, class: index,
                        total: totals[index])
                }
            }
            averagePrecisions[index] = totals[index] > 0 ? precision / totals[index] : .nan
            wins.replaceSubrange(index * classCount..<(index + 1) * classCount, with: walk.wins)
        }
    }

    /// The area under the ROC curve of one class against the rest; NaN where it is undefined.
    func area(_ index: Int) -> Double {
        let others = totals.reduce(0, +) - totals[index]
        guard totals[index] > 0, others > 0 else { return .nan }
        var sum = 0.0
        for other in 0..<classCount where other != index { sum += wins[index * classCount + other] }
        return sum / (totals[index] * others)
    }

    /// The means over the pairs of classes that have samples; nil without a pair.
    var pairAreas: (macro: Double, weighted: Double)? {
        let present = totals.indices.filter { totals[$0] > 0 }
        guard present.count > 1 else { return nil }
        var (sum, weightedSum, weights) = (0.0, 0.0, 0.0)
        for (place, a) in present.enumerated() {
            for b in present[(place + 1)...] {
                let won = wins[a * classCount + b] + wins[b * classCount + a]
                let area = won / (2 * totals[a] * totals[b])
                sum += area
                weightedSum += area * (totals[a] + totals[b])
                weights += totals[a] + totals[b]
            }
        }
        return (sum / Double(present.count * (present.count - 1) / 2), weightedSum / weights)
    }
}

/// One walk over the samples of a class's order.
private struct Walk {
    /// What the class won against each class.
    var wins: [Double]
    /// The samples of each class that were passed.
    private var passed: [Double]
    /// Those among the entries that tie.
    private var tied: [Double]

    init(classCount: Int) {
        wins = [Double](repeating: 0, count: classCount)
        passed = wins
        tied = wins
    }

    /// Returns the sum of the precisions at the samples of the class.
    mutating func run(
        _ entries: UnsafeBufferPointer<UInt32>, _ labels: UnsafeBufferPointer<UInt32>,
        _ counts: UnsafeBufferPointer<UInt32>, class own: Int, total: Double
    ) -> Double {
        wins.withUnsafeMutableBufferPointer { wins in
            passed.withUnsafeMutableBufferPointer { passed in
                tied.withUnsafeMutableBufferPointer { tied in
                    wins.update(repeating: 0)
                    passed.update(repeating: 0)
                    tied.update(repeating: 0)
                    return Self.run(
                        entries, labels, counts, class: own, total: total, wins, passed, tied)
                }
            }
        }
    }

    private static func run(
        _ entries: UnsafeBufferPointer<UInt32>, _ labels: UnsafeBufferPointer<UInt32>,
        _ counts: UnsafeBufferPointer<UInt32>, class own: Int, total: Double,
        _ wins: UnsafeMutableBufferPointer<Double>, _ passed: UnsafeMutableBufferPointer<Double>,
        _ tied: UnsafeMutableBufferPointer<Double>
    ) -> Double {
        var precision = 0.0
        var passedCount = 0.0
        // Every sample is counted as often as it was drawn, which adds up to the number of samples.
        let all = Double(entries.count)
        var index = 0
        while index < entries.count {
            if entries[index] & 1 == 0 {
                let weight = Double(counts[Int(entries[index] >> 1)])
                let label = Int(labels[index])
                if label == own, weight > 0 {
                    for other in passed.indices { wins[other] += weight * passed[other] }
                    precision += weight * (total - passed[own]) / (all - passedCount)
                }
                passed[label] += weight
                passedCount += weight
                index += 1
                continue
            }
            let start = index
            repeat {
                tied[Int(labels[index])] += Double(counts[Int(entries[index] >> 1)])
                index += 1
            } while entries[index - 1] & 1 == 1
            let weight = tied[own]
            if weight > 0 {
                for other in passed.indices {
                    wins[other] += weight * (passed[other] + tied[other] / 2)
                }
                precision += weight * (total - passed[own]) / (all - passedCount)
            }
            for place in start..<index {
                let label = Int(labels[place])
                passed[label] += tied[label]
                passedCount += tied[label]
                tied[label] = 0
            }
        }
        return precision
    }
}

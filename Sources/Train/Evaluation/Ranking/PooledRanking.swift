/// All pairs of a sample and a class in the order of their probability: the micro averages when every
/// sample counts a given number of times.
struct PooledRanking {
    private let sampleCount: Int
    private let classCount: Int
    /// Ascending: the sample times 4, plus 2 for its true class, plus 1 if the next pair ties with it.
    private let entries: [UInt32]

    /// Sorts the pairs of `predictions`, whose probabilities are finite.
    init(_ predictions: Predictions) {
        sampleCount = predictions.sampleCount
        classCount = predictions.classCount
        let classCount = classCount
        let labels = predictions.labels
        entries = ClassRanking.ascending(predictions.probabilities).map { entry in
            let sample = Int(entry >> 1) / classCount
            let isTrue = Int(entry >> 1) % classCount == Int(labels[sample])
            return UInt32(sample) << 2 | (isTrue ? 2 : 0) | entry & 1
        }
    }

    /// The area under the ROC curve and the average precision.
    func figures(_ counts: UnsafeBufferPointer<UInt32>) -> (area: Double, precision: Double) {
        entries.withUnsafeBufferPointer { entries in
            let positives = Double(sampleCount)
            let all = Double(sampleCount * classCount)
            var (hits, misses, wins, precision) = (0.0, 0.0, 0.0, 0.0)
            var (tiedHits, tiedMisses) = (0.0, 0.0)
            for entry in entries {
                let weight = Double(counts[Int(entry >> 2)])
                if entry & 2 == 2 { tiedHits += weight } else { tiedMisses += weight }
                if entry & 1 == 1 { continue }
                if tiedHits > 0 {
                    wins += tiedHits * (misses + tiedMisses / 2)
                    precision += tiedHits * (positives - hits) / (all - hits - misses)
                }
                hits += tiedHits
                misses += tiedMisses
                (tiedHits, tiedMisses) = (0, 0)
            }
            let negatives = all - positives
            return (negatives > 0 ? wins / (positives * negatives) : .nan, precision / positives)
        }
    }
}

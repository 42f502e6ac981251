/// What a classifier of two classes does at different thresholds for its second class.
///
/// A sample is taken for the positive class when its probability is at least the threshold. The rows
/// are twentieths, and the two thresholds among all scores with the largest F1 and the largest Youden
/// index (the highest threshold where several are equal).
public struct ThresholdTable: Sendable, Equatable {
    /// One threshold. A quotient with denominator 0 counts as 0.
    public struct Row: Sendable, Equatable {
        /// The threshold.
        public let threshold: Double
        /// Positives at or above it.
        public let truePositives: Int
        /// Negatives at or above it.
        public let falsePositives: Int
        /// Positives below it.
        public let falseNegatives: Int
        /// Negatives below it.
        public let trueNegatives: Int

        /// The share of the samples at or above it that are positive.
        public var precision: Double { share(truePositives, truePositives + falsePositives) }
        /// The share of the positives at or above it.
        public var recall: Double { share(truePositives, truePositives + falseNegatives) }
        /// The share of the negatives below it.
        public var specificity: Double { share(trueNegatives, trueNegatives + falsePositives) }
        /// The harmonic mean of precision and recall.
        public var f1Score: Double {
            share(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives)
        }
        /// Recall + specificity − 1.
        public var youden: Double { recall + specificity - 1 }

        private func share(_ part: Int, _ whole: Int) -> Double {
            whole == 0 ? 0 : Double(part) / Double(whole)
        }
    }

    /// The rows, by threshold.
    public let rows: [Row]
    /// The threshold with the largest F1.
    public let bestF1: Row
    /// The threshold with the largest Youden index.
    public let bestYouden: Row

    /// Makes the table; nil unless there are two classes, both with samples, and finite probabilities.
    public init?(_ predictions: Predictions) {
        guard predictions.classCount == 2, predictions.isFinite else { return nil }
        let steps = ScoreSteps(
            scores: predictions.column(1), isPositive: predictions.labels.map { $0 == 1 })
        let (positives, negatives) = (steps.positives, steps.negatives)
        guard positives > 0, negatives > 0 else { return nil }
        func row(_ threshold: Double, _ step: Int?) -> Row {
            let hits = step.map { steps.truePositives[$0] } ?? 0
            let misses = step.map { steps.falsePositives[$0] } ?? 0
            return Row(
                threshold: threshold, truePositives: hits, falsePositives: misses,
                falseNegatives: positives - hits, trueNegatives: negatives - misses)
        }
        let every = steps.scores.indices.map { row(Double(steps.scores[$0]), $0) }
        func best(_ figure: (Row) -> Double) -> Row {
            every.dropFirst().reduce(every[0]) { figure($1) > figure($0) ? $1 : $0 }
        }
        let (bestF1, bestYouden) = (best(\.f1Score), best(\.youden))
        var rows = (1..<20).map { twentieth in
            let threshold = Double(twentieth) / 20
            return row(threshold, steps.scores.lastIndex { Double($0) >= threshold })
        }
        for found in [bestF1, bestYouden] where !rows.contains(where: { $0 == found }) {
            rows.append(found)
        }
        self.rows = rows.sorted { $0.threshold < $1.threshold }
        self.bestF1 = bestF1
        self.bestYouden = bestYouden
    }
}

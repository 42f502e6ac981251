/// How many samples of each true class were given each predicted class.
///
/// Rows are true classes, columns are predicted classes, as in scikit-learn.
public struct ConfusionMatrix: Sendable, Equatable {
    /// The number of classes.
    public let classCount: Int
    /// The counts, row-major: `[classCount * classCount]`.
    public let counts: [Int]

    /// Counts the pairs of true and predicted class.
    public init(labels: [Int32], predictedLabels: [Int32], classCount: Int) {
        guard labels.count == predictedLabels.count else {
            fatalError(
                "confusion matrix: \(labels.count) labels, but \(predictedLabels.count) predictions"
            )
        }
        var counts = [Int](repeating: 0, count: classCount * classCount)
        for (label, predicted) in zip(labels, predictedLabels) {
            counts[Int(label) * classCount + Int(predicted)] += 1
        }
        self.classCount = classCount
        self.counts = counts
    }

    /// Takes counts over, row-major: `[classCount * classCount]`.
    public init(counts: [Int], classCount: Int) {
        guard counts.count == classCount * classCount else {
            fatalError("confusion matrix: \(counts.count) counts for \(classCount) classes")
        }
        self.classCount = classCount
        self.counts = counts
    }

    /// Counts the samples of `predictions`.
    public init(_ predictions: Predictions) {
        self.init(
            labels: predictions.labels, predictedLabels: predictions.predictedLabels,
            classCount: predictions.classCount)
    }

    /// The number of samples of class `label` that were predicted as class `predicted`.
    public subscript(label: Int, predicted: Int) -> Int {
        counts[label * classCount + predicted]
    }

    /// The number of samples.
    public var sampleCount: Int { counts.reduce(0, +) }

    /// The number of samples whose predicted class is the true one.
    public var correctCount: Int { (0..<classCount).reduce(0) { $0 + self[$1, $1] } }

    /// The number of samples of each true class.
    public var labelCounts: [Int] {
        (0..<classCount).map { row in (0..<classCount).reduce(0) { $0 + self[row, $1] } }
    }

    /// The number of samples given each class.
    public var predictedCounts: [Int] {
        (0..<classCount).map { column in (0..<classCount).reduce(0) { $0 + self[$1, column] } }
    }

    /// One kind of mistake: samples of one class that were taken for another.
    public struct Confusion: Sendable, Equatable {
        /// The true class.
        public let label: Int
        /// The class it was taken for.
        public let predicted: Int
        /// How many samples.
        public let count: Int
        /// `count` over the number of samples of the true class.
        public let rate: Double
    }

    /// The most frequent mistakes, the largest count first, at most `limit`.
    ///
    /// Equal counts are ordered by their share of the true class, then by class.
    public func topConfusions(limit: Int) -> [Confusion] {
        let totals = labelCounts
        var found: [Confusion] = []
        for label in 0..<classCount {
            for predicted in 0..<classCount where predicted != label && self[label, predicted] > 0 {
                let count = self[label, predicted]
                let rate = Double(count) / Double(totals[label])
                found.append(
                    Confusion(label: label, predicted: predicted, count: count, rate: rate))
            }
        }
        found.sort {
            ($1.count, $1.rate, $0.label, $0.predicted) < (
                $0.count, $0.rate, $1.label, $1.predicted
            )
        }
        return Array(found.prefix(limit))
    }
}

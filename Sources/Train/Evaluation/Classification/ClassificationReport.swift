/// Precision, recall and F1 of every class and their averages, as scikit-learn defines them.
///
///     precision = TP / (TP + FP)    recall = TP / (TP + FN)    F1 = 2·TP / (2·TP + FP + FN)
///
/// A quotient with denominator 0 counts as 0 (`zero_division=0`). Every class of the list takes
/// part, also those without a sample.
public struct ClassificationReport: Sendable, Equatable {
    /// One line of the report.
    public struct Row: Sendable, Equatable {
        /// The class, or the name of an average.
        public let name: String
        /// The share of the samples given this class that belong to it.
        public let precision: Double
        /// The share of the samples of this class that were given it.
        public let recall: Double
        /// The harmonic mean of precision and recall.
        public let f1Score: Double
        /// The number of samples of this class; for an average, of all classes.
        public let support: Int
    }

    /// One row per class, in the order of the class list.
    public let classes: [Row]
    /// The share of all samples that were given their own class.
    public let accuracy: Double
    /// The plain mean over the classes.
    public let macroAverage: Row
    /// The mean over the classes weighted by their support.
    public let weightedAverage: Row

    /// Derives the report from a confusion matrix; without samples every figure is 0.
    public init(_ matrix: ConfusionMatrix, classNames: [String]) {
        guard classNames.count == matrix.classCount else {
            fatalError(
                "classification report: \(classNames.count) class names, but the confusion matrix "
                    + "is [\(matrix.classCount), \(matrix.classCount)]")
        }
        let labelCounts = matrix.labelCounts
        let predictedCounts = matrix.predictedCounts
        let rows = classNames.indices.map { index in
            let hits = Double(matrix[index, index])
            let support = labelCounts[index]
            return Row(
                name: classNames[index],
                precision: quotient(hits, Double(predictedCounts[index])),
                recall: quotient(hits, Double(support)),
                f1Score: quotient(2 * hits, Double(support) + Double(predictedCounts[index])),
                support: support)
        }
        classes = rows
        let sampleCount = matrix.sampleCount
        accuracy = quotient(Double(matrix.correctCount), Double(sampleCount))
        macroAverage = Row(
            name: "macro avg", precision: arithmeticMean(rows.map(\.precision)),
            recall: arithmeticMean(rows.map(\.recall)),
            f1Score: arithmeticMean(rows.map(\.f1Score)),
            support: sampleCount)
        func weighted(_ figure: (Row) -> Double) -> Double {
            sampleCount == 0 ? 0 : weightedMean(rows.map(figure), weights: labelCounts)
        }
        weightedAverage = Row(
            name: "weighted avg", precision: weighted(\.precision), recall: weighted(\.recall),
            f1Score: weighted(\.f1Score), support: sampleCount)
    }

    /// Computes the report for `predictions`.
    public init(_ predictions: Predictions) {
        self.init(ConfusionMatrix(predictions), classNames: predictions.classNames)
    }
}

private func quotient(_ numerator: Double, _ denominator: Double) -> Double {
    denominator == 0 ? 0 : numerator / denominator
}

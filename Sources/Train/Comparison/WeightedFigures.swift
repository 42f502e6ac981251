/// The figures of one model on a resample of its samples: computed again and again, so everything that
/// does not depend on the resample is prepared.
package struct WeightedFigures {
    private let classNames: [String]
    private let matrix: ResampledMatrix
    private let losses: [Double]
    /// Nil where some probability is no number: there is no order then, and no loss.
    private let ranking: ClassRanking?

    package init(_ predictions: Predictions) {
        classNames = predictions.classNames
        matrix = ResampledMatrix(predictions)
        losses = predictions.logLosses
        ranking = predictions.isFinite ? ClassRanking(predictions) : nil
    }

    /// Accuracy, macro F1, log-loss and ROC-AUC, then F1 of each class; NaN where one is undefined.
    package func callAsFunction(_ counts: UnsafeBufferPointer<UInt32>) -> [Double] {
        let report = ClassificationReport(matrix(counts), classNames: classNames)
        return [
            report.accuracy, report.macroAverage.f1Score,
            ranking == nil ? .nan : resampledMean(losses, counts), area(counts),
        ] + report.classes.map(\.f1Score)
    }

    /// The area under the ROC curve: that of class 1 of two, else averaged over the classes that have
    /// one.
    private func area(_ counts: UnsafeBufferPointer<UInt32>) -> Double {
        guard var ranking else { return .nan }
        ranking.count(counts)
        if classNames.count == 2 { return ranking.area(1) }
        let areas = classNames.indices.map(ranking.area).filter { !$0.isNaN }
        return arithmeticMean(areas)
    }
}

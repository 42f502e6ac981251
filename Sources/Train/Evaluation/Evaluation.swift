/// Every metric of a classifier on a data set, computed once.
///
/// A further metric (precision–recall curves, calibration) is one file in this folder and one field
/// here; the reports then pick it up by name.
public struct Evaluation: Sendable {
    /// What was evaluated.
    public let predictions: Predictions
    /// Counts of true against predicted class.
    public let confusionMatrix: ConfusionMatrix
    /// Precision, recall and F1.
    public let classification: ClassificationReport
    /// The share of samples whose true class is among the five most probable; nil with at most five
    /// classes, where it says nothing.
    public let top5Accuracy: Double?
    /// The mean negative log-probability of the true class, in nats.
    public let logLoss: Score
    /// ROC curves and the areas under them.
    public let roc: ROCAreas

    /// The share of samples that were classified correctly.
    public var accuracy: Double { classification.accuracy }

    /// Computes all metrics of `predictions`.
    public init(_ predictions: Predictions) {
        self.predictions = predictions
        confusionMatrix = ConfusionMatrix(predictions)
        classification = ClassificationReport(
            confusionMatrix, classNames: predictions.classNames)
        top5Accuracy = predictions.classCount > 5 ? topKAccuracy(predictions, k: 5) : nil
        logLoss = Train.logLoss(predictions)
        roc = ROCAreas(predictions)
    }
}

import Datasets

/// The figures of a task on validation data that the history keeps.
struct TaskMeasurement {
    /// The mean loss, without smoothing or weights.
    let loss: Double?
    /// The share of right decisions.
    let accuracy: Double?
    /// Further figures by name, without `validation_`.
    let further: [(name: String, value: Double?)]

    /// Measures what a model said about `target`.
    init(_ predictions: TaskPredictions, of target: Target) {
        switch predictions {
        case .classification(let predictions):
            let classification = ClassificationReport(predictions)
            loss = logLoss(predictions).value
            accuracy = classification.accuracy
            further = [
                ("macro_f1", classification.macroAverage.f1Score),
                ("roc_auc", ROCAreas(predictions).macro.value),
            ]
        case .segmentation(let predictions):
            let evaluation = SegmentationEvaluation(
                predictions, borderClass: target.borderClass, bootstrap: nil)
            loss = evaluation.score(.logLoss).value
            accuracy = evaluation.score(.pixelAccuracy).value
            further = [
                ("mean_iou", evaluation.score(.meanIoU).value),
                ("mean_dice", evaluation.score(.meanDice).value),
            ]
        }
    }
}

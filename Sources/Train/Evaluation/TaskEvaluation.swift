import NN

/// All measures of a model, by what it does.
public enum TaskEvaluation: Sendable {
    /// It names the class of a picture.
    case classification(Evaluation)
    /// It names the class of each pixel.
    case segmentation(SegmentationEvaluation)

    /// What it does.
    public var task: ModelTask {
        switch self {
        case .classification: .classification
        case .segmentation: .segmentation
        }
    }
}

/// How the measures of a task are named.
extension ModelTask {
    /// The name in `report.json` of the figure by which runs are listed.
    public var headline: String {
        switch self {
        case .classification: Figure.accuracy.rawValue
        case .segmentation: SegmentationFigure.meanIoU.rawValue
        }
    }

    /// The figure by which runs are listed, for people.
    public var headlineTitle: String {
        switch self {
        case .classification: "accuracy"
        case .segmentation: "mean IoU"
        }
    }

    /// The figures of a report that lists of runs hold, by their names there.
    public var listedFigures: [String] {
        switch self {
        case .classification: ["accuracy", "macro_f1", "log_loss", "roc_auc"]
        case .segmentation: ["mean_iou", "mean_dice", "pixel_accuracy", "log_loss"]
        }
    }
}

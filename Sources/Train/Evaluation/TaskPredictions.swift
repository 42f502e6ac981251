import NN

/// What a model said about each sample of a data set, by what it does.
public enum TaskPredictions: Sendable {
    /// Classes of pictures.
    case classification(Predictions)
    /// Classes of pixels.
    case segmentation(SegmentationPredictions)

    /// What the model does.
    public var task: ModelTask {
        switch self {
        case .classification: .classification
        case .segmentation: .segmentation
        }
    }

    /// The number of samples.
    public var sampleCount: Int { sampleNames.count }

    /// The names of the classes.
    public var classNames: [String] {
        switch self {
        case .classification(let predictions): predictions.classNames
        case .segmentation(let predictions): predictions.classNames
        }
    }

    /// The name of each sample.
    public var sampleNames: [String] {
        switch self {
        case .classification(let predictions): predictions.sampleNames
        case .segmentation(let predictions): predictions.samples.map(\.name)
        }
    }

    /// The index of each sample in its data set.
    public var sampleIndices: [Int] {
        switch self {
        case .classification(let predictions): predictions.sampleIndices
        case .segmentation(let predictions): predictions.samples.map(\.index)
        }
    }

    /// The predictions for whole pictures; nil for those of pixels.
    public var classification: Predictions? {
        if case .classification(let predictions) = self { predictions } else { nil }
    }
}

/// A model that gives logits for classes: what the registry makes and what training, evaluation and
/// model files take.
///
/// `ClassificationModel` gives them for whole images, `SegmentationModel` for every pixel.
public protocol PredictionModel: StagedModel {
    /// The number of classes.
    var classCount: Int { get }

    /// The name of the last layer, the only one whose shapes depend on the number of classes: what
    /// starts anew when trained weights are taken over for other classes.
    var classifierName: String { get }
}

/// What a model gives logits for.
public enum ModelTask: String, Sendable, CaseIterable {
    /// One row an image, `[N, classCount]`.
    case classification
    /// One row a pixel, `[N, H, W, classCount]`.
    case segmentation
}

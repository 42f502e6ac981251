import Tensor

/// A model that gives logits for classes: what the registry makes and what training, evaluation and
/// model files take.
///
/// `ClassificationModel` gives them for whole images, `SegmentationModel` for every pixel,
/// `MultiTaskModel` for several tasks at once.
public protocol PredictionModel: StagedModel {
    /// The number of classes; of the first task, where there are several.
    var classCount: Int { get }

    /// The names of the last layers, one a task, the only ones whose shapes depend on the number of
    /// classes: what starts anew when trained weights are taken over for other classes.
    var classifierNames: [String] { get }

    /// The logits of all tasks, computing the stages named in `recomputed` again for their gradients.
    func outputs(_ x: Tensor, _ phase: Phase, recomputing recomputed: Set<String>) -> [Tensor]

    /// The model of one of the tasks, which shares this one's weights.
    func part(forTask position: Int) -> any PredictionModel
}

extension PredictionModel {
    /// The logits of the only task.
    public func outputs(
        _ x: Tensor, _ phase: Phase, recomputing recomputed: Set<String>
    ) -> [Tensor] {
        [self(x, phase, recomputing: recomputed)]
    }

    /// The model itself.
    public func part(forTask position: Int) -> any PredictionModel { self }

    /// Whether `key` belongs to one of the last layers.
    public func isClassifier(_ key: String) -> Bool {
        classifierNames.contains { key.hasPrefix($0 + ".") }
    }
}

/// What a model gives logits for.
public enum ModelTask: String, Sendable, CaseIterable {
    /// One row an image, `[N, classCount]`.
    case classification
    /// One row a pixel, `[N, H, W, classCount]`.
    case segmentation
}

/// One head of a model: the task, and the classes it gives logits for.
public struct ModelHead: Sendable, Equatable {
    /// What it gives logits for.
    public var task: ModelTask
    /// The number of logits.
    public var classCount: Int

    /// Describes a head.
    public init(_ task: ModelTask, classCount: Int) {
        self.task = task
        self.classCount = classCount
    }
}

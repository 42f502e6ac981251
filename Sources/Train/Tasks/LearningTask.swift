import Datasets
import NN
import Tensor

/// One thing that a run learns about its pictures: what is minimised for it, and how it is measured.
///
/// A further kind of task is one file in this folder and one line in `LearningTasks`.
protocol LearningTask {
    /// What is learned.
    var target: Target { get }

    /// The loss of a batch, a scalar.
    func loss(_ logits: Tensor, _ batch: Batch) -> Tensor

    /// What a batch counts in a mean of losses over several batches: what its own mean is divided by.
    func weight(of batch: Batch) -> Double

    /// How many of the decisions about a batch are right, as it was augmented, and of how many.
    func hits(_ logits: Tensor, _ batch: Batch) -> Hits

    /// Measures a model of this task alone on a part of the data.
    ///
    /// - Parameter progress: Is told how many pictures are done.
    func measure(
        _ model: any PredictionModel, on dataset: any Dataset, by predictor: DatasetPredictor,
        progress: (Int) -> Void
    ) throws -> TaskMeasurement
}

/// Decisions of a model, and how many of them are right.
struct Hits: Sendable, Equatable {
    /// The right ones.
    var correct = 0
    /// All.
    var count = 0
}

/// The figures of a task on validation data that the history keeps.
struct TaskMeasurement {
    /// The mean loss, without smoothing or weights.
    var loss: Double?
    /// The share of right decisions.
    var accuracy: Double?
    /// Further figures by name, without `validation_`.
    var further: [(name: String, value: Double?)]
}

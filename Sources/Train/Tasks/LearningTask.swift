import Datasets
import NN
import Tensor

/// One thing that a run learns about its pictures: what is minimised for it.
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
}

/// Decisions of a model, and how many of them are right.
struct Hits: Sendable, Equatable {
    /// The right ones.
    var correct = 0
    /// All.
    var count = 0
}

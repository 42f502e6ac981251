import Datasets
import Inference
import NN
import Tensor

/// One forward and backward pass on the first batch: shows that configuration, data and model fit,
/// before anything is written.
public struct StepCheck {
    /// The model, with its first weights.
    public let model: any PredictionModel
    /// What the model took over from `model.checkpoint`.
    public let firstWeights: LoadedTrunk?
    /// The loss on the batch.
    public let loss: Float
    /// `[N, H, W, 3]`.
    public let batchShape: [Int]
    /// The most memory that tensors had at once, in bytes.
    public let peakMemory: Int
    /// The time of a second pass, when all memory is there.
    public let seconds: Double

    /// Takes the step.
    ///
    /// - Throws: What a run would throw.
    public init(
        _ configuration: Configuration, data: TrainingData, loader: BatchLoader
    ) throws {
        let made = try configuration.makeModel(for: data.targets)
        firstWeights = try configuration.loadFirstWeights(of: made, data)
        let tasks = try LearningTasks(configuration.loss, data)
        let batches = loader.batches(epoch: 0)
        defer { batches.cancel() }
        guard let batch = try batches.next(), batch.count > 0 else {
            throw TrainingError("the training data has no readable image in its first batch")
        }
        let images = Tensor(batch.images, shape: Shape(batch.shape))
            .converted(to: configuration.precision.elementType)
        let parameters = TrainedParameters(
            configuration, of: made,
            stepsPerEpoch: configuration.updatesPerEpoch(batchCount: loader.batchCount))(at: 0)
        let recomputed = configuration.recomputedStages(of: made)
        let clock = Stopwatch()
        var value: Float = 0
        var measured = 0.0
        for _ in 0..<2 {
            _ = clock.lap()
            let randomness = Randomness(seed: configuration.seed, step: 0)
            value = valueWithGradients(of: parameters) {
                tasks.loss(
                    made.outputs(images, .training(randomness), recomputing: recomputed), batch)
            }.value.scalar()
            measured = clock.lap()
        }
        model = made
        peakMemory = images.backend.memoryStatistics.peak
        loss = value
        batchShape = batch.shape
        seconds = measured
    }
}

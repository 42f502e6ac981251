import Datasets
import Inference
import NN
import Tensor

/// Runs a model over a data set by the same plans as every other inference, so that the figures of an
/// evaluation are those of predictions.
public struct DatasetPredictor {
    /// Pictures computed at a time; does not change the result.
    public var batchSize: Int
    /// Threads that decode and resize.
    public var workers: Int
    /// What is done to each picture.
    public var preprocessing: Preprocessing
    /// The views of each picture that are averaged.
    public var augmentation: TestTimeAugmentation

    /// Creates a predictor.
    public init(
        batchSize: Int, workers: Int, preprocessing: Preprocessing,
        augmentation: TestTimeAugmentation = .none
    ) {
        self.batchSize = batchSize
        self.workers = workers
        self.preprocessing = preprocessing
        self.augmentation = augmentation
    }

    /// The predictions for all samples of `dataset`, in its order.
    ///
    /// - Parameter progress: Is told how many samples are done.
    /// - Throws: `DatasetError` for the first picture that cannot be read.
    public func predictions(
        of model: any PredictionModel, on dataset: any Dataset,
        progress: (Int) -> Void = { _ in }
    ) throws(DatasetError) -> Predictions {
        let loader = BatchLoader(
            dataset, batchSize: batchSize, preprocessing: preprocessing, workers: workers)
        let batches = loader.batches(epoch: 0)
        defer { batches.cancel() }
        // Views are averaged as logits.
        let plans = PlanCache(model, probabilities: augmentation == .none, limit: 1)
        var labels: [Int32] = []
        var probabilities: [Float] = []
        var indices: [Int] = []
        while let batch = try batches.next() {
            let shape = Shape(batch.shape)
            probabilities +=
                augmentation == .none
                ? plans(batch.images, shape: shape)
                : softmax(
                    augmentation.logits(of: batch.images, shape: batch.shape) {
                        plans($0, shape: shape)
                    }
                ).array()
            labels += batch.labels
            indices += batch.indices
            batches.recycle(batch)
            progress(labels.count)
        }
        return Predictions(
            classNames: dataset.classNames, labels: labels, probabilities: probabilities,
            sampleNames: indices.map(dataset.name(at:)), sampleIndices: indices)
    }
}

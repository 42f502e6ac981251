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
    /// - Parameters:
    ///   - model: A model that gives a row of logits for each picture.
    ///   - position: What is predicted: the target of whole pictures at this place among those.
    ///   - progress: Is told how many samples are done.
    /// - Throws: `DatasetError` for the first picture that cannot be read.
    public func predictions(
        of model: any PredictionModel, on dataset: any Dataset, target position: Int = 0,
        progress: (Int) -> Void = { _ in }
    ) throws(DatasetError) -> Predictions {
        let targets = dataset.targets.filter { $0.unit == .picture }
        var labels: [Int32] = []
        var probabilities: [Float] = []
        var indices: [Int] = []
        try forEachBatch(model, dataset) { batch, found in
            probabilities += found
            labels += batch.labels(of: position)
            indices += batch.indices
            progress(labels.count)
        }
        return Predictions(
            classNames: targets[position].classNames, labels: labels, probabilities: probabilities,
            sampleNames: indices.map(dataset.name(at:)), sampleIndices: indices)
    }

    /// How the pixels of all samples of `dataset` were classified, in its order, at the size that the
    /// model works at.
    ///
    /// - Parameters:
    ///   - model: A model that gives a row of logits for each pixel.
    ///   - target: What is predicted.
    ///   - progress: Is told how many samples are done.
    /// - Throws: `DatasetError` for the first picture or mask that cannot be read.
    public func segmentations(
        of model: any PredictionModel, on dataset: any Dataset, _ target: Target,
        progress: (Int) -> Void = { _ in }
    ) throws(DatasetError) -> SegmentationPredictions {
        var predictions = SegmentationPredictions(classNames: target.classNames)
        try forEachBatch(model, dataset) { batch, probabilities in
            let pixels = batch.shape[1] * batch.shape[2]
            let values = pixels * target.classNames.count
            for (row, index) in batch.indices.enumerated() {
                predictions.add(
                    name: dataset.name(at: index), index: index,
                    truth: batch.masks[row * pixels..<(row + 1) * pixels],
                    probabilities: probabilities[row * values..<(row + 1) * values])
            }
            progress(predictions.sampleCount)
        }
        return predictions
    }

    /// Some samples of `dataset` as the model sees them, with their true and their predicted masks.
    ///
    /// - Throws: `DatasetError` for the first picture or mask that cannot be read.
    public func masks(
        of model: any PredictionModel, on dataset: any Dataset, samples: [Int]
    ) throws(DatasetError) -> [(photo: Image, truth: Mask, prediction: Mask)] {
        var found: [(photo: Image, truth: Mask, prediction: Mask)] = []
        try forEachBatch(model, Subset(dataset, indices: samples)) { batch, probabilities in
            let (height, width) = (batch.shape[1], batch.shape[2])
            let pixels = height * width
            let classCount = probabilities.count / (batch.count * pixels)
            let predicted = argmax(
                Tensor(probabilities, shape: [batch.count * pixels, classCount]))
            for row in 0..<batch.count {
                let range = row * pixels..<(row + 1) * pixels
                guard let truth = batch.mask(row) else { continue }
                let prediction = Mask(
                    width: width, height: height, classes: predicted[range].map { UInt8($0) })
                found.append((batch.picture(row, preprocessing), truth, prediction))
            }
        }
        return found
    }

    /// Calls `body` with each batch of `dataset`, in order, and the probabilities of its rows.
    private func forEachBatch(
        _ model: any PredictionModel, _ dataset: any Dataset, _ body: (Batch, [Float]) -> Void
    ) throws(DatasetError) {
        let loader = BatchLoader(
            dataset, batchSize: batchSize, preprocessing: preprocessing, workers: workers)
        let isPerPixel = model is any SegmentationModel
        let batches = loader.batches(epoch: 0)
        defer { batches.cancel() }
        // Views are averaged as logits.
        let plans = PlanCache(model, probabilities: augmentation == .none, limit: 1)
        while let batch = try batches.next() {
            let shape = Shape(batch.shape)
            let probabilities =
                augmentation == .none
                ? plans(batch.images, shape: shape)
                : softmax(
                    augmentation.logits(
                        of: batch.images, shape: batch.shape, isPerPixel: isPerPixel
                    ) { plans($0, shape: shape) }
                ).array()
            body(batch, probabilities)
            batches.recycle(batch)
        }
    }
}

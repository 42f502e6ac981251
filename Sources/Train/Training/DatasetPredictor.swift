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

    /// What a model says about all samples of `dataset`, in its order: the predictions for each target,
    /// from one pass. Masks are counted at the size that the model works at.
    ///
    /// - Parameters:
    ///   - model: A model with an output for each target of `dataset`.
    ///   - progress: Is told how many samples are done.
    /// - Throws: `DatasetError` for the first picture or mask that cannot be read.
    public func predictions(
        of model: any PredictionModel, on dataset: any Dataset, progress: (Int) -> Void = { _ in }
    ) throws(DatasetError) -> [TaskPredictions] {
        let targets = dataset.targets
        var indices: [Int] = []
        var labels = targets.map { _ in [Int32]() }
        var probabilities = targets.map { _ in [Float]() }
        var segmentations = targets.map { SegmentationPredictions(classNames: $0.classNames) }
        try forEachBatch(model, dataset) { batch, found in
            for (place, target) in targets.enumerated() {
                switch target.unit {
                case .picture:
                    labels[place] += batch.labels(of: targets.labelPosition(of: place))
                    probabilities[place] += found[place]
                case .pixel:
                    let pixels = batch.shape[1] * batch.shape[2]
                    let values = pixels * target.classNames.count
                    for (row, index) in batch.indices.enumerated() {
                        segmentations[place].add(
                            name: dataset.name(at: index), index: index,
                            truth: batch.masks[row * pixels..<(row + 1) * pixels],
                            probabilities: found[place][row * values..<(row + 1) * values])
                    }
                }
            }
            indices += batch.indices
            progress(indices.count)
        }
        return targets.enumerated().map { place, target -> TaskPredictions in
            switch target.unit {
            case .picture:
                .classification(
                    Predictions(
                        classNames: target.classNames, labels: labels[place],
                        probabilities: probabilities[place],
                        sampleNames: indices.map(dataset.name(at:)), sampleIndices: indices))
            case .pixel: .segmentation(segmentations[place])
            }
        }
    }

    /// Some samples of `dataset` as the model sees them, with their true and their predicted masks.
    ///
    /// - Parameters:
    ///   - model: A model with an output for each target of `dataset`.
    ///   - place: The target that is about pixels.
    ///   - samples: Indices of samples.
    /// - Throws: `DatasetError` for the first picture or mask that cannot be read.
    public func masks(
        of model: any PredictionModel, on dataset: any Dataset, target place: Int, samples: [Int]
    ) throws(DatasetError) -> [(photo: Image, truth: Mask, prediction: Mask)] {
        var masks: [(photo: Image, truth: Mask, prediction: Mask)] = []
        try forEachBatch(model, Subset(dataset, indices: samples)) { batch, found in
            let (height, width) = (batch.shape[1], batch.shape[2])
            let pixels = height * width
            let classCount = found[place].count / (batch.count * pixels)
            let predicted = argmax(
                Tensor(found[place], shape: [batch.count * pixels, classCount]))
            for row in 0..<batch.count {
                let range = row * pixels..<(row + 1) * pixels
                guard let truth = batch.mask(row) else { continue }
                let prediction = Mask(
                    width: width, height: height, classes: predicted[range].map { UInt8($0) })
                masks.append((batch.picture(row, preprocessing), truth, prediction))
            }
        }
        return masks
    }

    /// Calls `body` with each batch of `dataset`, in order, and the probabilities of its rows for each
    /// target.
    private func forEachBatch(
        _ model: any PredictionModel, _ dataset: any Dataset, _ body: (Batch, [[Float]]) -> Void
    ) throws(DatasetError) {
        let loader = BatchLoader(
            dataset, batchSize: batchSize, preprocessing: preprocessing, workers: workers)
        let batches = loader.batches(epoch: 0)
        defer { batches.cancel() }
        // Views are averaged as logits.
        let plans = PlanCache(model, probabilities: augmentation == .none, limit: 1)
        while let batch = try batches.next() {
            let shape = Shape(batch.shape)
            let probabilities =
                augmentation == .none
                ? plans(batch.images, shape: shape)
                : augmentation.logits(
                    of: batch.images, shape: batch.shape, for: dataset.targets.map(\.task)
                ) { plans($0, shape: shape) }.map { softmax($0).array() }
            body(batch, probabilities)
            batches.recycle(batch)
        }
    }
}

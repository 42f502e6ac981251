import Datasets
import Inference
import NN
import Tensor

extension Configuration {
    /// Gives a model of random weights those it starts from: of `model.checkpoint`, or what is computed
    /// from the data.
    ///
    /// - Returns: What was taken over from the checkpoint; nil without one.
    func loadFirstWeights(
        of model: any PredictionModel, _ data: TrainingData
    ) throws -> LoadedTrunk? {
        if let path = self.model.checkpoint {
            return try ModelFile.loadTrunk(of: path, into: model)
        }
        try initializeFromData(model, data)
        return nil
    }

    /// Computes those first values of `model` that depend on the data, if it has any: from training images spread evenly over the set, prepared as in inference.
    ///
    /// The result follows from the data and the configuration alone.
    private func initializeFromData(
        _ model: any PredictionModel, _ data: TrainingData
    ) throws {
        guard let model = model as? any DataInitialized else { return }
        let count = min(model.initializationImageCount, data.train.count)
        let indices = (0..<count).map { $0 * data.train.count / count }
        // A few hundred images at a time: photographs in one batch would take gigabytes.
        let loader = BatchLoader(
            Subset(data.train, indices: indices), batchSize: min(256, max(count, 1)),
            preprocessing: data.preprocessing, workers: loaderWorkers,
            unreadable: self.data.onError == .skip ? .skip : .fail)
        let batches = loader.batches(epoch: 0)
        defer { batches.cancel() }
        try model.initialize {
            while let batch = try batches.next() {
                guard batch.count > 0 else { continue }
                let images = Tensor(batch.images, shape: Shape(batch.shape))
                batches.recycle(batch)
                return images
            }
            return nil
        }
    }
}

import Datasets
import Inference
import NN
import Tensor

extension Configuration {
    /// Computes those first values of `model` that depend on the data, if it has any and starts from
    /// random weights: from training images spread evenly over the set, prepared as in inference.
    ///
    /// The result follows from the data and the configuration alone.
    func initializeFromData(_ model: any ClassificationModel, _ data: TrainingData) throws {
        guard let model = model as? any DataInitialized, self.model.checkpoint == nil else {
            return
        }
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

    /// The moving average that `optimizer.lookahead` asks for.
    func makeLookahead(of model: any ClassificationModel) -> Lookahead? {
        optimizer.lookahead.map {
            Lookahead(model, every: $0.every, decay: $0.decay, power: $0.power)
        }
    }
}

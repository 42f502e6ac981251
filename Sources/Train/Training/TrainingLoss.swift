import Datasets
import Tensor

/// The configured loss: cross-entropy with label smoothing and class weights.
struct TrainingLoss {
    private let labelSmoothing: Float
    private let classWeights: Tensor?

    init(_ configuration: LossConfiguration, data: TrainingData) throws(TrainingError) {
        labelSmoothing = Float(configuration.labelSmoothing)
        let classCount = data.classNames.count
        switch configuration.classWeights {
        case .none: classWeights = nil
        case .fixed(let weights):
            guard weights.count == classCount else {
                throw TrainingError(
                    "loss.class_weights has \(weights.count) numbers, but the data has \(classCount) "
                        + "classes: \(data.classNames.joined(separator: ", "))")
            }
            classWeights = Tensor(weights.map { Float($0) }, shape: [classCount])
        case .balanced:
            let counts = data.train.countsPerClass
            if let empty = counts.firstIndex(of: 0) {
                throw TrainingError(
                    "loss.class_weights is 'balanced', but class '\(data.classNames[empty])' has no "
                        + "training images; give a list instead")
            }
            let total = Double(counts.reduce(0, +))
            classWeights = Tensor(
                counts.map { Float(total / (Double(classCount) * Double($0))) }, shape: [classCount]
            )
        }
    }

    /// The loss of a batch. Of mixed pictures, each class counts by its share: the targets are
    /// distributions, of which PyTorch's mean, too, is over the pictures.
    func callAsFunction(_ logits: Tensor, _ batch: Batch) -> Tensor {
        guard batch.ownShare < 1 else {
            return crossEntropy(
                logits, labels: batch.labels, labelSmoothing: labelSmoothing,
                classWeights: classWeights)
        }
        return crossEntropy(
            logits,
            targets: Tensor(batch.targets(classCount: logits.shape[-1]), shape: logits.shape),
            labelSmoothing: labelSmoothing, classWeights: classWeights)
    }

    /// What a batch counts in a mean over several: what its own mean is divided by, which is the
    /// number of its images, or the sum of the weights of their classes.
    func weight(of batch: Batch) -> Double {
        guard let weights = classWeights?.array(), batch.ownShare == 1 else {
            return Double(batch.count)
        }
        return batch.labels.reduce(0) { $0 + Double(weights[Int($1)]) }
    }
}

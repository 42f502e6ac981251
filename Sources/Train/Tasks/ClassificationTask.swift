import Datasets
import NN
import Tensor

/// Learning the class of each picture: cross-entropy with label smoothing and class weights.
struct ClassificationTask: LearningTask {
    let target: Target
    /// The place of the target among those of whole pictures.
    let position: Int

    private let labelSmoothing: Float
    private let classWeights: Tensor?

    init(
        _ target: Target, position: Int, _ configuration: LossConfiguration, _ data: any Dataset
    ) throws(TrainingError) {
        self.target = target
        self.position = position
        labelSmoothing = Float(configuration.labelSmoothing)
        classWeights = try configuration.classWeights(of: target) {
            var counts = [Int](repeating: 0, count: target.classNames.count)
            for index in 0..<data.count { counts[Int(data.label(at: index, of: position))] += 1 }
            return counts
        }
    }

    /// Of mixed pictures, each class counts by its share: the targets are distributions, of which
    /// PyTorch's mean, too, is over the pictures.
    func loss(_ logits: Tensor, _ batch: Batch) -> Tensor {
        let labels = batch.labels(of: position)
        guard batch.ownShare < 1 else {
            return crossEntropy(
                logits, labels: labels, labelSmoothing: labelSmoothing, classWeights: classWeights)
        }
        let shares = batch.shares(of: labels, classCount: logits.shape[-1])
        return crossEntropy(
            logits, targets: Tensor(shares, shape: logits.shape), labelSmoothing: labelSmoothing,
            classWeights: classWeights)
    }

    /// The number of images, or the sum of the weights of their classes.
    func weight(of batch: Batch) -> Double {
        guard let weights = classWeights?.array(), batch.ownShare == 1 else {
            return Double(batch.count)
        }
        return batch.labels(of: position).reduce(0) { $0 + Double(weights[Int($1)]) }
    }

    /// Of mixed pictures the class with the larger share is the right one.
    func hits(_ logits: Tensor, _ batch: Batch) -> Hits {
        let truth = batch.dominant(of: batch.labels(of: position))
        return Hits(correct: zip(argmax(logits), truth).count { $0 == $1 }, count: batch.count)
    }
}

extension Dataset {
    /// The class of sample `index` by the target of whole pictures at `position` among those.
    func label(at index: Int, of position: Int) -> Int32 {
        position == 0 ? label(at: index) : furtherLabels(at: index)[position - 1]
    }
}

extension LossConfiguration {
    /// The configured weights of the classes of `target`, `[classCount]`; nil where all are 1.
    ///
    /// - Parameter counts: How often each class occurs in the training data.
    func classWeights(
        of target: Target, counts: () throws(TrainingError) -> [Int]
    ) throws(TrainingError) -> Tensor? {
        let names = target.classNames
        switch classWeights {
        case .none: return nil
        case .fixed(let weights):
            guard weights.count == names.count else {
                throw TrainingError(
                    "loss.class_weights has \(weights.count) numbers, but the data has "
                        + "\(names.count) classes: \(names.joined(separator: ", "))")
            }
            return Tensor(weights.map { Float($0) }, shape: [names.count])
        case .balanced:
            let counts = try counts()
            if let empty = counts.firstIndex(of: 0) {
                throw TrainingError(
                    "loss.class_weights is 'balanced', but class '\(names[empty])' does not occur in "
                        + "the training images; give a list instead")
            }
            let total = Double(counts.reduce(0, +))
            return Tensor(
                counts.map { Float(total / (Double(names.count) * Double($0))) },
                shape: [names.count])
        }
    }
}

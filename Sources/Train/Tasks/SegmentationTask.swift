import Datasets
import NN
import Tensor

/// Learning the class of each pixel: cross-entropy over the pixels that are labelled, and the Dice loss
/// as far as the configuration asks for it.
///
///     loss = cross-entropy + loss.dice · (1 − mean Dice of the classes)
struct SegmentationTask: LearningTask {
    let target: Target

    private let labelSmoothing: Float
    private let diceWeight: Float
    private let classWeights: Tensor?

    init(
        _ target: Target, _ configuration: LossConfiguration, _ data: any Dataset
    ) throws(TrainingError) {
        self.target = target
        labelSmoothing = Float(configuration.labelSmoothing)
        diceWeight = Float(configuration.dice)
        classWeights = try configuration.classWeights(of: target) { () throws(TrainingError) in
            var counts = [Int](repeating: 0, count: target.classNames.count)
            for index in 0..<data.count {
                // A mask that cannot be read is left out here as it is in training.
                guard let mask = try? data.mask(at: index) else { continue }
                for (place, count) in mask.counts(classCount: counts.count).enumerated() {
                    counts[place] += count
                }
            }
            return counts
        }
    }

    func loss(_ logits: Tensor, _ batch: Batch) -> Tensor {
        let labels = batch.masks.map { Int32($0) }
        let ignored = Int32(Mask.ignored)
        let value = crossEntropy(
            logits, labels: labels, labelSmoothing: labelSmoothing, classWeights: classWeights,
            ignoreIndex: ignored)
        guard diceWeight > 0 else { return value }
        return value + diceWeight * diceLoss(logits, labels: labels, ignoreIndex: ignored)
    }

    /// The labelled pixels, or the sum of the weights of their classes.
    func weight(of batch: Batch) -> Double {
        let weights = classWeights?.array()
        return batch.masks.reduce(0) { sum, value in
            value == Mask.ignored ? sum : sum + Double(weights?[Int(value)] ?? 1)
        }
    }

    func hits(_ logits: Tensor, _ batch: Batch) -> Hits {
        var hits = Hits()
        for (found, truth) in zip(argmax(logits), batch.masks) where truth != Mask.ignored {
            hits.count += 1
            if found == Int32(truth) { hits.correct += 1 }
        }
        return hits
    }
}

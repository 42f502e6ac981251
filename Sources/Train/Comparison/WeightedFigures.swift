import Glibc

/// The figures of one model on a resample of its samples: computed again and again, so everything that
/// does not depend on the resample is prepared.
package struct WeightedFigures {
    /// The figures for the whole: accuracy, macro F1, log-loss, ROC-AUC.
    static let headCount = 4

    private let classCount: Int
    private let labels: [Int32]
    private let predicted: [Int32]
    private let losses: [Double]
    /// For each class whose curve counts: the samples by rising score, and where scores change.
    private let rankings: [(label: Int32, order: [Int32], isNewScore: [Bool])]

    package init(_ predictions: Predictions) {
        let count = predictions.classCount
        classCount = count
        labels = predictions.labels
        predicted = predictions.predictedLabels
        let epsilon = Double.ulpOfOne
        losses = predictions.labels.enumerated().map { sample, label in
            let probability = Double(predictions.probabilities[sample * count + Int(label)])
            return -log(min(max(probability, epsilon), 1 - epsilon))
        }
        // With two classes the area is that of class 1, as in `ROCAreas`.
        let classes = count == 2 ? 1..<2 : 0..<count
        rankings =
            predictions.isFinite
            ? classes.map { label in
                let scores = predictions.labels.indices.map {
                    predictions.probabilities[$0 * count + label]
                }
                let order = scores.indices.sorted { scores[$0] < scores[$1] }
                let isNew = order.indices.map {
                    $0 == 0 || scores[order[$0]] != scores[order[$0 - 1]]
                }
                return (Int32(label), order.map { Int32($0) }, isNew)
            } : []
    }

    /// The figures for the whole, then F1 of each class; NaN where one is undefined.
    package func callAsFunction(_ counts: UnsafeBufferPointer<UInt32>) -> [Double] {
        var (hits, labelCounts, predictedCounts) = (
            [Double](repeating: 0, count: classCount), [Double](repeating: 0, count: classCount),
            [Double](repeating: 0, count: classCount)
        )
        var (total, loss) = (0.0, 0.0)
        for sample in labels.indices where counts[sample] > 0 {
            let weight = Double(counts[sample])
            let (label, guess) = (Int(labels[sample]), Int(predicted[sample]))
            total += weight
            loss += weight * losses[sample]
            labelCounts[label] += weight
            predictedCounts[guess] += weight
            if label == guess { hits[label] += weight }
        }
        let scores = (0..<classCount).map { label in
            let denominator = labelCounts[label] + predictedCounts[label]
            return denominator == 0 ? 0 : 2 * hits[label] / denominator
        }
        return [
            hits.reduce(0, +) / total, scores.reduce(0, +) / Double(classCount), loss / total,
            area(counts, total, labelCounts),
        ] + scores
    }

    /// The area under the ROC curve, averaged over the classes that have one.
    private func area(
        _ counts: UnsafeBufferPointer<UInt32>, _ total: Double, _ labelCounts: [Double]
    ) -> Double {
        var (sum, number) = (0.0, 0)
        for (label, order, isNewScore) in rankings {
            let positives = labelCounts[Int(label)]
            let negatives = total - positives
            guard positives > 0, negatives > 0 else { continue }
            // Pairs of a positive above a negative; those with equal scores count half.
            var (pairs, below, tied, tiedPositives) = (0.0, 0.0, 0.0, 0.0)
            for place in order.indices {
                if isNewScore[place] {
                    pairs += tiedPositives * (below + tied / 2)
                    below += tied
                    (tied, tiedPositives) = (0, 0)
                }
                let sample = Int(order[place])
                let weight = Double(counts[sample])
                if labels[sample] == label { tiedPositives += weight } else { tied += weight }
            }
            pairs += tiedPositives * (below + tied / 2)
            sum += pairs / (positives * negatives)
            number += 1
        }
        return number == 0 ? .nan : sum / Double(number)
    }
}

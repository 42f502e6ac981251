/// Precision against recall of a score for a yes/no truth.
///
/// One point per distinct score, as in scikit-learn's `precision_recall_curve`: a sample counts as
/// *yes* when its score is at least the threshold. Here thresholds fall, so recall rises.
public struct PrecisionRecallCurve: Sendable, Equatable {
    /// The share of the *yes* samples that are positive.
    public let precisions: [Double]
    /// The share of the positives that are *yes*.
    public let recalls: [Double]
    /// The scores at which the points lie, decreasing.
    public let thresholds: [Double]

    /// Why a curve does not exist.
    public enum Undefined: Error, Equatable {
        /// No sample is positive.
        case noPositives
        /// A score is infinite or NaN.
        case notFinite
    }

    /// Draws the curve of `scores` for the samples that `isPositive` marks.
    public init(scores: [Float], isPositive: [Bool]) throws(Undefined) {
        guard scores.count == isPositive.count else {
            fatalError(
                "precision-recall curve: \(scores.count) scores, but \(isPositive.count) truths")
        }
        guard scores.allSatisfy(\.isFinite) else { throw .notFinite }
        let steps = ScoreSteps(scores: scores, isPositive: isPositive)
        guard steps.positives > 0 else { throw .noPositives }
        precisions = zip(steps.truePositives, steps.falsePositives).map {
            Double($0) / Double($0 + $1)
        }
        recalls = steps.truePositives.map { Double($0) / Double(steps.positives) }
        thresholds = steps.scores.map { Double($0) }
    }

    /// `Σ (Rₙ − Rₙ₋₁) Pₙ` over the points: the area under the steps, without interpolation, which
    /// would promise too much.
    public var averagePrecision: Double {
        var last = 0.0
        return pairwiseSum(
            zip(recalls, precisions).map { recall, precision in
                defer { last = recall }
                return (recall - last) * precision
            })
    }

    /// The precision where the recall is first at least `recall`.
    public func precision(at recall: Double) -> Double {
        var low = 0
        var high = recalls.count - 1
        while low < high {
            let middle = (low + high) / 2
            if recalls[middle] >= recall { high = middle } else { low = middle + 1 }
        }
        return precisions[low]
    }
}

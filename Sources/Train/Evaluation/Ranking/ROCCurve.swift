/// The receiver operating characteristic of a score against a yes/no truth.
///
/// One point per distinct score, from (0, 0) to (1, 1): a sample counts as *yes* when its score is
/// at least the threshold. Equal scores share one point, which gives a tie half credit in the area.
/// Points on a straight line between their neighbours are left out, as in scikit-learn's
/// `roc_curve`.
public struct ROCCurve: Sendable, Equatable {
    /// The share of the negatives with a score of at least the threshold.
    public let falsePositiveRates: [Double]
    /// The share of the positives with a score of at least the threshold.
    public let truePositiveRates: [Double]
    /// The scores at which the points lie, decreasing; the first is infinite.
    public let thresholds: [Double]

    /// Why a curve does not exist.
    public enum Undefined: Error, Equatable {
        /// No sample is positive.
        case noPositives
        /// No sample is negative.
        case noNegatives
        /// A score is infinite or NaN.
        case notFinite
    }

    /// Draws the curve of `scores` for the samples that `isPositive` marks.
    public init(scores: [Float], isPositive: [Bool]) throws(Undefined) {
        guard scores.count == isPositive.count else {
            fatalError("ROC curve: \(scores.count) scores, but \(isPositive.count) truths")
        }
        guard scores.allSatisfy(\.isFinite) else { throw .notFinite }
        let steps = ScoreSteps(scores: scores, isPositive: isPositive)
        guard steps.positives > 0 else { throw .noPositives }
        guard steps.negatives > 0 else { throw .noNegatives }
        let kept = steps.corners
        falsePositiveRates =
            [0] + kept.map { Double(steps.falsePositives[$0]) / Double(steps.negatives) }
        truePositiveRates =
            [0] + kept.map { Double(steps.truePositives[$0]) / Double(steps.positives) }
        thresholds = [.infinity] + kept.map { Double(steps.scores[$0]) }
    }

    /// The area under the curve by the trapezoid rule: the probability that a random positive
    /// scores above a random negative.
    public var area: Double {
        let x = falsePositiveRates
        let y = truePositiveRates
        let trapezoids = (1..<x.count).map { index -> Double in
            let height: Double = y[index] + y[index - 1]
            return (x[index] - x[index - 1]) * height / 2
        }
        return pairwiseSum(trapezoids)
    }

    /// The true positive rate at a false positive rate, linear between points, the upper one at a
    /// jump.
    public func truePositiveRate(at falsePositiveRate: Double) -> Double {
        var low = 0
        var high = falsePositiveRates.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if falsePositiveRates[middle] <= falsePositiveRate {
                low = middle
            } else {
                high = middle
            }
        }
        guard high < falsePositiveRates.count else { return truePositiveRates[low] }
        let width = falsePositiveRates[high] - falsePositiveRates[low]
        let share = (falsePositiveRate - falsePositiveRates[low]) / width
        return truePositiveRates[low] + share * (truePositiveRates[high] - truePositiveRates[low])
    }
}

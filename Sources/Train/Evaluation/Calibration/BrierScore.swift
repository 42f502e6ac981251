/// The mean squared distance of the probabilities from the truth (Brier 1950).
///
///     (1/N) Σᵢ Σ꜀ (pᵢ꜀ − [yᵢ = c])²
///
/// from 0 to 2; half of it with two classes, so that it is the squared error of the probability of the
/// second class (`scale_by_half="auto"` of scikit-learn's `brier_score_loss`).
public func brierScore(_ predictions: Predictions) -> Score {
    if let reason = predictions.reasonWithoutProbabilities { return .undefined(reason: reason) }
    return .value(arithmeticMean(predictions.squaredDistances))
}

extension Predictions {
    /// The squared distance of each sample's probabilities from the truth, halved with two classes.
    var squaredDistances: [Double] {
        let scale = classCount == 2 ? 0.5 : 1
        return labels.enumerated().map { sample, label in
            var sum = 0.0
            for column in 0..<classCount {
                let target = column == Int(label) ? 1.0 : 0.0
                let distance = Double(probabilities[sample * classCount + column]) - target
                sum += distance * distance
            }
            return sum * scale
        }
    }
}

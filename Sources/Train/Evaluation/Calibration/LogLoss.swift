import Glibc

/// The mean negative logarithm of the probability given to the true class, in nats.
///
///     −(1/N) Σ log(clip(p, ε, 1 − ε)),    ε = 2⁻⁵²
///
/// in double precision, clipped as scikit-learn's `log_loss` clips; rows are not normalised.
public func logLoss(_ predictions: Predictions) -> Score {
    if let reason = predictions.reasonWithoutProbabilities { return .undefined(reason: reason) }
    return .value(arithmeticMean(predictions.logLosses))
}

extension Predictions {
    /// The logarithmic loss of each sample.
    var logLosses: [Double] {
        labels.enumerated().map { sample, label in
            negativeLogarithm(probabilities[sample * classCount + Int(label)])
        }
    }

    /// Why a mean over the samples' probabilities is undefined; nil where it is not.
    var reasonWithoutProbabilities: String? {
        if sampleCount == 0 { return "there are no samples" }
        return isFinite ? nil : "some probabilities are not finite"
    }
}

/// −log p, of the clipped probability.
func negativeLogarithm(_ probability: Float) -> Double {
    let epsilon = Double.ulpOfOne
    return -log(min(max(Double(probability), epsilon), 1 - epsilon))
}

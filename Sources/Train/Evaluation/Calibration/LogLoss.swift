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
        let epsilon = Double.ulpOfOne
        return labels.enumerated().map { sample, label in
            let probability = Double(probabilities[sample * classCount + Int(label)])
            return -log(min(max(probability, epsilon), 1 - epsilon))
        }
    }

    /// Why a mean over the samples' probabilities is undefined; nil where it is not.
    var reasonWithoutProbabilities: String? {
        if sampleCount == 0 { return "there are no samples" }
        return isFinite ? nil : "some probabilities are not finite"
    }
}

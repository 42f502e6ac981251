import Glibc

/// The mean negative logarithm of the probability given to the true class, in nats.
///
///     −(1/N) Σ log(clip(p, ε, 1 − ε)),    ε = 2⁻⁵²
///
/// in double precision, clipped as scikit-learn's `log_loss` clips; rows are not normalised.
public func logLoss(_ predictions: Predictions) -> Score {
    guard predictions.sampleCount > 0 else { return .undefined(reason: "there are no samples") }
    guard predictions.isFinite else {
        return .undefined(reason: "some probabilities are not finite")
    }
    let epsilon = Double.ulpOfOne
    let losses = predictions.labels.enumerated().map { sample, label in
        let probability = predictions.probabilities[sample * predictions.classCount + Int(label)]
        return -log(min(max(Double(probability), epsilon), 1 - epsilon))
    }
    return .value(arithmeticMean(losses))
}

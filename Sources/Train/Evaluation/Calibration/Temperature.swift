import Glibc

/// The temperature that makes the probabilities of `predictions` most likely: the `T` that minimises
/// the log-loss of `softmax(log p / T)`.
///
/// Logits are known up to a constant from the probabilities, so none are needed; a probability of 0
/// counts as the smallest Float32. The loss is convex in 1/T: Newton's method, kept inside a bracket.
/// (Guo et al., "On calibration of modern neural networks", 2017.) Undefined where the best
/// temperature lies outside 0.01...100.
public func fittedTemperature(_ predictions: Predictions) -> Score {
    if let reason = predictions.reasonWithoutProbabilities { return .undefined(reason: reason) }
    let slope = TemperatureSlope(predictions)
    guard slope.at(0.01).value < 0 else {
        return .undefined(
            reason: "the best temperature is above 100: the probabilities say next to nothing")
    }
    guard slope.at(100).value > 0 else {
        return .undefined(
            reason: "the best temperature is below 0.01: a sharper model would always seem better")
    }
    var (low, high, inverse) = (0.01, 100.0, 1.0)
    for _ in 0..<200 {
        let (value, derivative) = slope.at(inverse)
        if value == 0 { break }
        if value < 0 { low = inverse } else { high = inverse }
        let step = inverse - value / derivative
        let next = step > low && step < high ? step : (low + high) / 2
        let isDone = abs(next - inverse) <= 1e-13 * inverse
        inverse = next
        if isDone { break }
    }
    return .value(1 / inverse)
}

extension Predictions {
    /// The same predictions with probabilities `softmax(log p / temperature)`.
    public func scaled(temperature: Double) -> Predictions {
        let logits = logProbabilities
        var scaled = [Float](repeating: 0, count: probabilities.count)
        for start in stride(from: 0, to: scaled.count, by: classCount) {
            let row = start..<start + classCount
            let largest = logits[row].max() ?? 0
            let weights = logits[row].map { exp(($0 - largest) / temperature) }
            let sum = weights.reduce(0, +)
            for (place, weight) in zip(row, weights) { scaled[place] = Float(weight / sum) }
        }
        return Predictions(
            classNames: classNames, labels: labels, probabilities: scaled,
            sampleNames: sampleNames, sampleIndices: sampleIndices)
    }

    fileprivate var logProbabilities: [Double] {
        probabilities.map { log(Double(max($0, Float.leastNonzeroMagnitude))) }
    }
}

/// The derivative of the log-loss with respect to the inverse temperature.
private struct TemperatureSlope {
    let logits: [Double]
    let labels: [Int32]
    let classCount: Int

    init(_ predictions: Predictions) {
        logits = predictions.logProbabilities
        labels = predictions.labels
        classCount = predictions.classCount
    }

    /// `Σ (E[z] − z_y)` and its derivative `Σ Var[z]`, over the distribution `softmax(z·inverse)`.
    func at(_ inverse: Double) -> (value: Double, derivative: Double) {
        logits.withUnsafeBufferPointer { logits in
            var (value, derivative) = (0.0, 0.0)
            for (sample, label) in labels.enumerated() {
                let row = sample * classCount
                var largest = -Double.infinity
                for column in 0..<classCount { largest = max(largest, logits[row + column]) }
                var (sum, mean, square) = (0.0, 0.0, 0.0)
                for column in 0..<classCount {
                    // Relative to the largest, which keeps the variance free of cancellation.
                    let logit = logits[row + column] - largest
                    let weight = exp(logit * inverse)
                    sum += weight
                    mean += weight * logit
                    square += weight * logit * logit
                }
                mean /= sum
                value += mean - (logits[row + Int(label)] - largest)
                derivative += square / sum - mean * mean
            }
            return (value, derivative)
        }
    }
}

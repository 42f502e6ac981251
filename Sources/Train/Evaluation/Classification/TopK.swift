/// The share of samples whose true class is among the `k` most probable ones.
///
/// Among equal probabilities the lower class counts as more probable, so that `k = 1` is the
/// accuracy. (scikit-learn's `top_k_accuracy_score` prefers the higher class; only ties differ.) A
/// NaN ranks below every number. Nil without samples.
public func topKAccuracy(_ predictions: Predictions, k: Int) -> Double? {
    guard predictions.sampleCount > 0 else { return nil }
    let hits = predictions.trueClassRanks.count { $0 < k }
    return Double(hits) / Double(predictions.sampleCount)
}

extension Predictions {
    /// For each sample, how many classes count as more probable than the true one.
    var trueClassRanks: [Int] {
        probabilities.withUnsafeBufferPointer { values in
            labels.enumerated().map { sample, label in
                let start = sample * classCount
                let own = rank(values[start + Int(label)])
                var ahead = 0
                for column in 0..<classCount {
                    let other = rank(values[start + column])
                    if other > own || (other == own && column < Int(label)) { ahead += 1 }
                }
                return ahead
            }
        }
    }
}

private func rank(_ probability: Float) -> Float {
    probability.isNaN ? -.infinity : probability
}

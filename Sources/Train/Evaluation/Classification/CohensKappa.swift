/// The agreement of true and predicted class beyond what chance gives: 1 is perfect, 0 is chance.
///
///     (pₒ − pₑ) / (1 − pₑ)
///
/// with the accuracy `pₒ` and the agreement `pₑ` of independent draws with the same frequencies
/// (Cohen 1960; scikit-learn's `cohen_kappa_score`).
public func cohensKappa(_ matrix: ConfusionMatrix) -> Score {
    let samples = Double(matrix.sampleCount)
    guard samples > 0 else { return .undefined(reason: "there are no samples") }
    let chance = zip(matrix.labelCounts, matrix.predictedCounts).reduce(0) {
        $0 + Double($1.0) * Double($1.1)
    }
    let mistakenByChance = samples * samples - chance
    guard mistakenByChance > 0 else {
        return .undefined(reason: "only one class is present in labels and predictions")
    }
    return .value(1 - Double(matrix.sampleCount - matrix.correctCount) * samples / mistakenByChance)
}

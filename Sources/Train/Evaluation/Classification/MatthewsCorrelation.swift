/// The correlation between true and predicted class: 1 is perfect, 0 no better than chance.
///
///     (c·s − Σ tₖpₖ) / √((s² − Σ pₖ²)(s² − Σ tₖ²))
///
/// with `s` samples, `c` of them right, and `tₖ`, `pₖ` the samples of class k and those given it
/// (Gorodkin 2004; scikit-learn's `matthews_corrcoef`). 0 where all samples are given one class;
/// undefined where all belong to one class, for which scikit-learn says 0, also of perfect answers.
public func matthewsCorrelation(_ matrix: ConfusionMatrix) -> Score {
    let samples = Double(matrix.sampleCount)
    guard samples > 0 else { return .undefined(reason: "there are no samples") }
    let totals = matrix.labelCounts.map(Double.init)
    let predicted = matrix.predictedCounts.map(Double.init)
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    let labelSpread = samples * samples - dot(totals, totals)
    guard labelSpread > 0 else {
        return .undefined(reason: "only one class is present in the labels")
    }
    let predictedSpread = samples * samples - dot(predicted, predicted)
    guard predictedSpread > 0 else { return .value(0) }
    let covariance = Double(matrix.correctCount) * samples - dot(totals, predicted)
    return .value(covariance / (labelSpread.squareRoot() * predictedSpread.squareRoot()))
}

/// The areas under the ROC curves of all pairs of classes (Hand and Till, 2001), which a change of the
/// mix of classes does not move.
///
/// For a pair (a, b) of classes that have samples, the mean of the area of p(a) and that of p(b), over
/// the samples of the two alone. Classes without samples take no part, as in scikit-learn.
public struct OneVersusOneAreas: Sendable {
    /// The plain mean over the pairs.
    public let macro: Score
    /// The mean weighted by the number of samples of each pair.
    public let weighted: Score

    /// Computes the areas.
    public init(_ predictions: Predictions) {
        guard predictions.isFinite, predictions.sampleCount > 0 else {
            macro = .undefined(reason: predictions.reasonWithoutScores)
            weighted = macro
            return
        }
        var ranking = ClassRanking(predictions)
        let ones = [UInt32](repeating: 1, count: predictions.sampleCount)
        ones.withUnsafeBufferPointer { ranking.count($0) }
        guard let areas = ranking.pairAreas else {
            macro = .undefined(reason: predictions.reasonWithoutScores)
            weighted = macro
            return
        }
        macro = .value(areas.macro)
        weighted = .value(areas.weighted)
    }
}

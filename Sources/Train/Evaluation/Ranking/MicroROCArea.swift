/// The area under the ROC curve over all pairs of a sample and a class together, the true class of
/// each sample being the positive one (`multi_class="ovr", average="micro"` in scikit-learn).
public func microROCArea(_ predictions: Predictions) -> Score {
    guard predictions.classCount > 1 else { return .undefined(reason: "there is only one class") }
    do throws(ROCCurve.Undefined) {
        let pooled = try ROCCurve(
            scores: predictions.probabilities, isPositive: predictions.isTrueClass)
        return .value(pooled.area)
    } catch {
        return .undefined(reason: predictions.reasonWithoutScores)
    }
}

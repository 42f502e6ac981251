/// The mean of the recalls of the classes that have samples, as scikit-learn's
/// `balanced_accuracy_score`: what the accuracy would be if all classes were equally frequent.
public func balancedAccuracy(_ matrix: ConfusionMatrix) -> Score {
    let totals = matrix.labelCounts
    let recalls = totals.indices.filter { totals[$0] > 0 }.map {
        Double(matrix[$0, $0]) / Double(totals[$0])
    }
    guard !recalls.isEmpty else { return .undefined(reason: "there are no samples") }
    return .value(arithmeticMean(recalls))
}

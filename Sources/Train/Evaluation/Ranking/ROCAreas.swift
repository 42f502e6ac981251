/// The areas under the ROC curves of a classifier: each class against the rest, and their averages.
///
/// A class without samples, or without samples of any other class, has no area; it is left out of
/// the averages and listed in `skippedClasses`.
public struct ROCAreas: Sendable {
    /// The curve of each class, its probability as the score; nil where undefined.
    public let curves: [ROCCurve?]
    /// The area of each class.
    public let perClass: [Score]
    /// The plain mean of the defined areas.
    public let macro: Score
    /// The mean of the defined areas, weighted by the number of samples of their class.
    public let weighted: Score
    /// With two classes, the area with the probability of class 1 as the score; nil otherwise.
    public let binary: Score?
    /// The classes without an area.
    public let skippedClasses: [Int]

    /// The figure to quote: `binary` with two classes, `macro` otherwise.
    public var headline: Score { binary ?? macro }

    /// Computes every curve and area.
    public init(_ predictions: Predictions) {
        let classCount = predictions.classCount
        var curves: [ROCCurve?] = []
        var perClass: [Score] = []
        for index in 0..<classCount {
            let (curve, score) = Self.oneAgainstRest(predictions, class: index)
            curves.append(curve)
            perClass.append(score)
        }
        var supports = [Int](repeating: 0, count: classCount)
        for label in predictions.labels { supports[Int(label)] += 1 }
        let defined = (0..<classCount).filter { perClass[$0].value != nil }
        let areas = defined.compactMap { perClass[$0].value }
        self.curves = curves
        self.perClass = perClass
        binary = classCount == 2 ? perClass[1] : nil
        skippedClasses = (0..<classCount).filter { perClass[$0].value == nil }
        if areas.isEmpty {
            let reason = Self.reason(for: predictions)
            macro = .undefined(reason: reason)
            weighted = .undefined(reason: reason)
        } else {
            macro = .value(arithmeticMean(areas))
            weighted = .value(weightedMean(areas, weights: defined.map { supports[$0] }))
        }
    }

    private static func oneAgainstRest(
        _ predictions: Predictions, class index: Int
    ) -> (ROCCurve?, Score) {
        let scores = stride(
            from: index, to: predictions.probabilities.count, by: predictions.classCount
        ).map { predictions.probabilities[$0] }
        let name = predictions.classNames[index]
        do throws(ROCCurve.Undefined) {
            let curve = try ROCCurve(
                scores: scores, isPositive: predictions.labels.map { Int($0) == index })
            return (curve, .value(curve.area))
        } catch {
            let reason =
                switch error {
                case .noPositives: "no sample belongs to class '\(name)'"
                case .noNegatives: "every sample belongs to class '\(name)'"
                case .notFinite: "some probabilities of '\(name)' are not finite"
                }
            return (nil, .undefined(reason: reason))
        }
    }

    private static func reason(for predictions: Predictions) -> String {
        if predictions.sampleCount == 0 { return "there are no samples" }
        if !predictions.isFinite { return "some probabilities are not finite" }
        return "only one class is present in the labels"
    }
}

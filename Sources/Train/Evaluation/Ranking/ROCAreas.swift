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
        self.curves = curves
        self.perClass = perClass
        binary = classCount == 2 ? perClass[1] : nil
        skippedClasses = (0..<classCount).filter { perClass[$0].value == nil }
        let averages = ClassAverages(perClass, predictions)
        macro = averages.macro
        weighted = averages.weighted
    }

    private static func oneAgainstRest(
        _ predictions: Predictions, class index: Int
    ) -> (ROCCurve?, Score) {
        let name = predictions.classNames[index]
        do throws(ROCCurve.Undefined) {
            let curve = try ROCCurve(
                scores: predictions.column(index),
                isPositive: predictions.labels.map { Int($0) == index })
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
}

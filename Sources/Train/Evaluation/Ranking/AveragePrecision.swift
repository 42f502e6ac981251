/// The average precision of a classifier: each class against the rest, and their averages.
///
/// A class without samples has none; it is left out of the averages and listed in `skippedClasses`.
/// (scikit-learn counts it as 0 with a warning.)
public struct AveragePrecision: Sendable {
    /// The curve of each class, its probability as the score; nil where undefined.
    public let curves: [PrecisionRecallCurve?]
    /// The average precision of each class.
    public let perClass: [Score]
    /// The plain mean of the defined classes.
    public let macro: Score
    /// The mean of the defined classes, weighted by their number of samples.
    public let weighted: Score
    /// Over all pairs of a sample and a class together.
    public let micro: Score
    /// With two classes, that of class 1; nil otherwise.
    public let binary: Score?
    /// The classes without a curve.
    public let skippedClasses: [Int]

    /// The figure to quote: `binary` with two classes, `macro` otherwise.
    public var headline: Score { binary ?? macro }

    /// Computes every curve.
    public init(_ predictions: Predictions) {
        var curves: [PrecisionRecallCurve?] = []
        var perClass: [Score] = []
        for index in 0..<predictions.classCount {
            let (curve, score) = Self.oneAgainstRest(predictions, class: index)
            curves.append(curve)
            perClass.append(score)
        }
        self.curves = curves
        self.perClass = perClass
        binary = predictions.classCount == 2 ? perClass[1] : nil
        skippedClasses = perClass.indices.filter { perClass[$0].value == nil }
        let averages = ClassAverages(perClass, predictions)
        macro = averages.macro
        weighted = averages.weighted
        do throws(PrecisionRecallCurve.Undefined) {
            let pooled = try PrecisionRecallCurve(
                scores: predictions.probabilities, isPositive: predictions.isTrueClass)
            micro = .value(pooled.averagePrecision)
        } catch {
            micro = .undefined(reason: predictions.reasonWithoutScores)
        }
    }

    private static func oneAgainstRest(
        _ predictions: Predictions, class index: Int
    ) -> (PrecisionRecallCurve?, Score) {
        do throws(PrecisionRecallCurve.Undefined) {
            let curve = try PrecisionRecallCurve(
                scores: predictions.column(index),
                isPositive: predictions.labels.map { Int($0) == index })
            return (curve, .value(curve.averagePrecision))
        } catch {
            let name = predictions.classNames[index]
            let reason =
                switch error {
                case .noPositives: "no sample belongs to class '\(name)'"
                case .notFinite: "some probabilities of '\(name)' are not finite"
                }
            return (nil, .undefined(reason: reason))
        }
    }
}

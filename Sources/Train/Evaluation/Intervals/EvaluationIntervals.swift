/// The intervals of all figures of an evaluation: percentiles of a bootstrap over its samples.
///
/// The model is held fixed, and so is a temperature: what another training run would change is not in
/// them. Figures of the ranking of samples cost more than the others, so that very large evaluations
/// resample those less often.
public struct EvaluationIntervals: Sendable {
    /// How the samples were drawn.
    public let bootstrap: Bootstrap
    /// The resamples of areas and average precisions.
    public let rankingResampleCount: Int

    private let overall: [Figure: Interval]
    private let perClass: [ClassFigure: [Interval?]]

    /// Beyond this many probabilities over all resamples, the ranking is resampled less often.
    private static let rankingBudget = 4_000_000_000

    /// The interval of a figure; nil where it is undefined on most resamples.
    public subscript(figure: Figure) -> Interval? { overall[figure] }

    /// The interval of a figure of one class; nil where it is undefined on most resamples.
    public subscript(figure: ClassFigure, class index: Int) -> Interval? {
        perClass[figure]?[index]
    }

    /// Resamples `predictions`, which are not empty.
    init(_ predictions: Predictions, scaled: Predictions?, bootstrap: Bootstrap) {
        self.bootstrap = bootstrap
        var ranking = bootstrap
        ranking.resampleCount = min(
            bootstrap.resampleCount,
            max(100, Self.rankingBudget / predictions.probabilities.count))
        rankingResampleCount = ranking.resampleCount
        var found = FigureIntervals()
        CountFigures(predictions).resample(bootstrap, into: &found)
        if predictions.isFinite {
            ProbabilityFigures(predictions, scaled: scaled).resample(bootstrap, into: &found)
            RankingFigures(predictions).resample(ranking, into: &found)
        }
        overall = found.overall
        perClass = found.perClass
    }
}

/// Intervals as they are found.
struct FigureIntervals {
    var overall: [Figure: Interval] = [:]
    var perClass: [ClassFigure: [Interval?]] = [:]

    /// Takes the distributions of `figures`, then those of all classes for each of `classFigures`.
    mutating func take(
        _ distributions: [BootstrapDistribution], _ figures: [Figure],
        _ classFigures: [ClassFigure] = [], classCount: Int = 0
    ) {
        for (figure, distribution) in zip(figures, distributions) {
            overall[figure] = distribution.interval
        }
        for (place, figure) in classFigures.enumerated() {
            let start = figures.count + place * classCount
            perClass[figure] = distributions[start..<start + classCount].map(\.interval)
        }
    }
}

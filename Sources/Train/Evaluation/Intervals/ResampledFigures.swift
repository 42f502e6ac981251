/// The figures that follow from a confusion matrix, on resamples.
struct CountFigures {
    private static let shares: [Figure] = [
        .accuracy, .macroPrecision, .macroRecall, .macroF1, .weightedPrecision, .weightedRecall,
        .weightedF1,
    ]
    private static let figures =
        shares + [.balancedAccuracy, .matthewsCorrelation, .cohensKappa]
    private static let classFigures: [ClassFigure] = [.precision, .recall, .f1Score]

    private let classNames: [String]
    private let sampleCount: Int
    private let matrix: ResampledMatrix

    init(_ predictions: Predictions) {
        classNames = predictions.classNames
        sampleCount = predictions.sampleCount
        matrix = ResampledMatrix(predictions)
    }

    func resample(_ bootstrap: Bootstrap, into intervals: inout FigureIntervals) {
        let classCount = classNames.count
        let count = Self.figures.count + Self.classFigures.count * classCount
        let distributions = bootstrap.distributions(sampleCount: sampleCount, figureCount: count) {
            measure($0, into: $1)
        }
        intervals.take(distributions, Self.figures, Self.classFigures, classCount: classCount)
    }

    private func measure(
        _ counts: UnsafeBufferPointer<UInt32>, into figures: UnsafeMutableBufferPointer<Double>
    ) {
        let matrix = matrix(counts)
        let report = ClassificationReport(matrix, classNames: classNames)
        var place = 0
        func add(_ value: Double) {
            figures[place] = value
            place += 1
        }
        for figure in Self.shares { add(report.value(figure)) }
        add(balancedAccuracy(matrix).value ?? .nan)
        add(matthewsCorrelation(matrix).value ?? .nan)
        add(cohensKappa(matrix).value ?? .nan)
        for row in report.classes { add(row.precision) }
        for row in report.classes { add(row.support > 0 ? row.recall : .nan) }
        for row in report.classes { add(row.f1Score) }
    }
}

/// The figures that are means over the samples or over bins of confidence, on resamples.
struct ProbabilityFigures {
    private let sampleCount: Int
    private let means: [(figure: Figure, values: [Double])]
    private let reliabilities: [(figures: [Figure], reliability: Reliability)]

    init(_ predictions: Predictions, scaled: Predictions?) {
        sampleCount = predictions.sampleCount
        let ranks = predictions.trueClassRanks
        var means: [(Figure, [Double])] = [.top2, .top3, .top5].map { figure in
            (figure, ranks.map { $0 < figure.topK ?? 0 ? 1 : 0 })
        }
        means.append((.logLoss, predictions.logLosses))
        means.append((.brierScore, predictions.squaredDistances))
        var reliabilities: [([Figure], Reliability)] = []
        if let reliability = Reliability(predictions) {
            reliabilities.append(([.expectedError, .maximumError, .adaptiveError], reliability))
        }
        if let scaled, let reliability = Reliability(scaled) {
            means.append((.scaledLogLoss, scaled.logLosses))
            means.append((.scaledBrierScore, scaled.squaredDistances))
            reliabilities.append(
                (
                    [.scaledExpectedError, .scaledMaximumError, .scaledAdaptiveError], reliability
                ))
        }
        self.means = means
        self.reliabilities = reliabilities
    }

    func resample(_ bootstrap: Bootstrap, into intervals: inout FigureIntervals) {
        let figures = means.map(\.figure) + reliabilities.flatMap(\.figures)
        let distributions = bootstrap.distributions(
            sampleCount: sampleCount, figureCount: figures.count
        ) { counts, values in
            for (place, mean) in means.enumerated() {
                values[place] = resampledMean(mean.values, counts)
            }
            for (place, item) in reliabilities.enumerated() {
                let errors = item.reliability.errors(counts)
                let start = means.count + 3 * place
                values[start] = errors.expected
                values[start + 1] = errors.maximum
                values[start + 2] = errors.adaptive
            }
        }
        intervals.take(distributions, figures)
    }
}

/// Areas and average precisions, on resamples.
struct RankingFigures {
    private static let figures: [Figure] = [
        .rocBinary, .rocMacro, .rocWeighted, .rocMicro, .pairwiseMacro, .pairwiseWeighted,
        .precisionBinary, .precisionMacro, .precisionWeighted, .precisionMicro,
    ]

    private let sampleCount: Int
    private let classCount: Int
    private let ranking: ClassRanking
    private let pooled: PooledRanking

    init(_ predictions: Predictions) {
        sampleCount = predictions.sampleCount
        classCount = predictions.classCount
        ranking = ClassRanking(predictions)
        pooled = PooledRanking(predictions)
    }

    func resample(_ bootstrap: Bootstrap, into intervals: inout FigureIntervals) {
        var ranking = ranking
        let count = Self.figures.count + 2 * classCount
        let distributions = bootstrap.distributions(sampleCount: sampleCount, figureCount: count) {
            ranking.count($0)
            measure(ranking, $0, into: $1)
        }
        intervals.take(
            distributions, Self.figures, [.rocArea, .averagePrecision], classCount: classCount)
    }

    private func measure(
        _ ranking: ClassRanking, _ counts: UnsafeBufferPointer<UInt32>,
        into figures: UnsafeMutableBufferPointer<Double>
    ) {
        let areas = (0..<classCount).map(ranking.area)
        let precisions = ranking.averagePrecisions
        let area = Self.means(areas, ranking.totals)
        let precision = Self.means(precisions, ranking.totals)
        let pairs = ranking.pairAreas
        let micro = pooled.figures(counts)
        let values = [
            classCount == 2 ? areas[1] : .nan, area.macro, area.weighted, micro.area,
            pairs?.macro ?? .nan, pairs?.weighted ?? .nan,
            classCount == 2 ? precisions[1] : .nan, precision.macro, precision.weighted,
            micro.precision,
        ]
        for (place, value) in (values + areas + precisions).enumerated() { figures[place] = value }
    }

    /// The means over the classes that have a value.
    private static func means(
        _ values: [Double], _ weights: [Double]
    ) -> (macro: Double, weighted: Double) {
        var (sum, count, weightedSum, weightSum) = (0.0, 0.0, 0.0, 0.0)
        for (value, weight) in zip(values, weights) where !value.isNaN {
            sum += value
            count += 1
            weightedSum += value * weight
            weightSum += weight
        }
        return (sum / count, weightedSum / weightSum)
    }
}

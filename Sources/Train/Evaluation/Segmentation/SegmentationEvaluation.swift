/// Every measure of a segmentation model on a data set, computed once, with its uncertainty: the peer of
/// `Evaluation`.
///
/// Measures are over the pixels of all images together, as is usual for IoU; `imageIoU` alone is a mean
/// over images. With a border class, every figure is there under both rules for it.
public struct SegmentationEvaluation: Sendable {
    /// What was evaluated.
    public let predictions: SegmentationPredictions
    /// The class whose pixels even labellers leave open; nil without one.
    public let borderClass: Int?
    /// How the intervals were found; nil where that was not asked, or without images.
    public let bootstrap: Bootstrap?

    private let results: [BorderRule: Result]

    /// What was found under one rule for the border.
    private struct Result {
        var measures: SegmentationMeasures
        /// The mean IoU of each image; NaN where it has none.
        var imageIoU: [Double]
        /// The intervals of `SegmentationMeasures.values`.
        var intervals: [Interval?]
    }

    /// Computes all measures of `predictions`.
    ///
    /// - Parameters:
    ///   - predictions: What is measured.
    ///   - borderClass: The index of a class that is to be ignored as well, such as a trimap's border.
    ///   - bootstrap: How images are resampled for intervals; nil leaves them out.
    public init(
        _ predictions: SegmentationPredictions, borderClass: Int? = nil,
        bootstrap: Bootstrap? = Bootstrap()
    ) {
        if let borderClass, !predictions.classNames.indices.contains(borderClass) {
            fatalError("segmentation: there is no class \(borderClass) to ignore")
        }
        self.predictions = predictions
        self.borderClass = borderClass
        let bootstrap = predictions.sampleCount > 0 ? bootstrap : nil
        self.bootstrap = bootstrap
        let rules: [BorderRule] = borderClass == nil ? [.counted] : BorderRule.allCases
        results = Dictionary(
            uniqueKeysWithValues: rules.map { rule in
                let totals = SegmentationTotals(
                    predictions, leaving: rule == .ignored ? borderClass : nil)
                let measures = totals.measures
                let distributions = bootstrap?.distributions(
                    sampleCount: predictions.sampleCount, figureCount: measures.values.count
                ) { counts, figures in
                    for (place, value) in totals.measures(counts).values.enumerated() {
                        figures[place] = value
                    }
                }
                return (
                    rule,
                    Result(
                        measures: measures, imageIoU: totals.imageIoU,
                        intervals: distributions?.map(\.interval) ?? [])
                )
            })
    }

    /// The rules for the border that there are measures for: both with a border class, else `counted`.
    public var rules: [BorderRule] { BorderRule.allCases.filter { results[$0] != nil } }

    /// The measures under a rule of `rules`.
    public func measures(_ rule: BorderRule = .counted) -> SegmentationMeasures {
        result(rule).measures
    }

    /// The labelled pixels by true and predicted class.
    public var confusionMatrix: ConfusionMatrix { measures().confusionMatrix }

    private func result(_ rule: BorderRule) -> Result {
        guard let result = results[rule] else {
            fatalError("segmentation: there is no border class to ignore")
        }
        return result
    }

    // MARK: Figures

    /// The value of a figure.
    public func score(_ figure: SegmentationFigure, _ rule: BorderRule = .counted) -> Score {
        let measures = measures(rule)
        if let value = measures.value(figure) { return .value(value) }
        return .undefined(
            reason: measures.confusionMatrix.sampleCount == 0
                ? "there are no labelled pixels" : "some probabilities are not finite")
    }

    /// The value of a figure of one class.
    public func score(
        _ figure: OverlapFigure, of index: Int, _ rule: BorderRule = .counted
    ) -> Score {
        let measures = measures(rule)
        if let value = measures.value(figure, of: index) { return .value(value) }
        let name = predictions.classNames[index]
        guard index != measures.leftOut else {
            return .undefined(reason: "'\(name)' is left out")
        }
        let reason =
            switch figure {
            case .iou, .dice: "no pixel is '\(name)' or predicted as it"
            case .precision: "no pixel is predicted as '\(name)'"
            case .recall: "no pixel is '\(name)'"
            }
        return .undefined(reason: reason)
    }

    /// The interval of a figure; nil where there is none.
    public func interval(_ figure: SegmentationFigure, _ rule: BorderRule = .counted) -> Interval? {
        guard score(figure, rule).value != nil,
            let place = SegmentationFigure.allCases.firstIndex(of: figure)
        else { return nil }
        return interval(at: place, rule)
    }

    /// The interval of a figure of one class; nil where there is none.
    public func interval(
        _ figure: OverlapFigure, of index: Int, _ rule: BorderRule = .counted
    ) -> Interval? {
        guard score(figure, of: index, rule).value != nil,
            let place = OverlapFigure.allCases.firstIndex(of: figure)
        else { return nil }
        return interval(
            at: SegmentationFigure.allCases.count + place * predictions.classCount + index, rule)
    }

    private func interval(at place: Int, _ rule: BorderRule) -> Interval? {
        let intervals = result(rule).intervals
        return intervals.isEmpty ? nil : intervals[place]
    }

    // MARK: Images

    /// The mean IoU of each image; nil for images without a labelled pixel.
    public func imageIoU(_ rule: BorderRule = .counted) -> [Double?] {
        result(rule).imageIoU.map { $0.isNaN ? nil : $0 }
    }

    /// The images by their mean IoU, the worst first; those that have none are left out.
    public var ranking: [Int] {
        let scores = result(.counted).imageIoU
        return scores.indices.filter { !scores[$0].isNaN }
            .sorted { (scores[$0], $0) < (scores[$1], $1) }
    }

    /// The worst, the middle and the best images by their mean IoU, at most `count` of each and none
    /// twice; each group from worse to better.
    public func examples(_ count: Int) -> [(kind: SegmentationExample, samples: [Int])] {
        let ranking = ranking
        let size = min(count, ranking.count / 3)
        guard size > 0 else { return ranking.isEmpty ? [] : [(.worst, ranking)] }
        let start = (ranking.count - size) / 2
        return [
            (.worst, Array(ranking.prefix(size))),
            (.middle, Array(ranking[start..<start + size])),
            (.best, Array(ranking.suffix(size))),
        ]
    }
}

/// Where among all images an example lies.
public enum SegmentationExample: String, Sendable, CaseIterable {
    case worst, middle, best
}

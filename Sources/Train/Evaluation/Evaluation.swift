/// Every metric of a classifier on a data set, computed once, with its uncertainty.
///
/// A further metric is one file below this folder, one field here, and a `Figure` by which reports and
/// intervals pick it up.
public struct Evaluation: Sendable {
    /// What was evaluated.
    public let predictions: Predictions
    /// Counts of true against predicted class.
    public let confusionMatrix: ConfusionMatrix
    /// Precision, recall and F1.
    public let classification: ClassificationReport
    /// The share of samples whose true class is among the five most probable; nil with at most five
    /// classes, where it says nothing.
    public let top5Accuracy: Double?
    /// The mean recall of the classes.
    public let balancedAccuracy: Score
    /// The correlation of true and predicted class.
    public let matthewsCorrelation: Score
    /// The agreement beyond chance.
    public let cohensKappa: Score
    /// The mean negative log-probability of the true class, in nats.
    public let logLoss: Score
    /// The mean squared distance of the probabilities from the truth.
    public let brierScore: Score
    /// ROC curves and the areas under them.
    public let roc: ROCAreas
    /// The area over all pairs of a sample and a class.
    public let microROC: Score
    /// The areas of the pairs of classes.
    public let pairwiseROC: OneVersusOneAreas
    /// Precision–recall curves and the average precisions.
    public let averagePrecision: AveragePrecision
    /// Whether the probabilities can be taken at their word.
    public let calibration: Calibration
    /// What other thresholds would do; nil unless there are two classes.
    public let thresholds: ThresholdTable?
    /// How sure the figures are; nil where that was not asked, or without samples.
    public private(set) var intervals: EvaluationIntervals?

    /// The share of samples that were classified correctly.
    public var accuracy: Double { classification.accuracy }

    /// Computes all metrics of `predictions`.
    ///
    /// - Parameters:
    ///   - predictions: What is measured.
    ///   - validation: What the temperature is fitted on, disjoint from what is measured.
    ///   - bootstrap: How intervals are found; nil leaves them out.
    public init(
        _ predictions: Predictions, validation: Predictions? = nil,
        bootstrap: Bootstrap? = Bootstrap()
    ) {
        self.predictions = predictions
        confusionMatrix = ConfusionMatrix(predictions)
        classification = ClassificationReport(
            confusionMatrix, classNames: predictions.classNames)
        top5Accuracy = predictions.classCount > 5 ? topKAccuracy(predictions, k: 5) : nil
        balancedAccuracy = Train.balancedAccuracy(confusionMatrix)
        matthewsCorrelation = Train.matthewsCorrelation(confusionMatrix)
        cohensKappa = Train.cohensKappa(confusionMatrix)
        logLoss = Train.logLoss(predictions)
        brierScore = Train.brierScore(predictions)
        roc = ROCAreas(predictions)
        microROC = microROCArea(predictions)
        pairwiseROC = OneVersusOneAreas(predictions)
        averagePrecision = AveragePrecision(predictions)
        calibration = Calibration(predictions, validation: validation)
        thresholds = ThresholdTable(predictions)
        if let bootstrap, predictions.sampleCount > 0 {
            intervals = EvaluationIntervals(
                predictions, scaled: calibration.scaled?.predictions, bootstrap: bootstrap)
        }
    }

    /// The value of a figure.
    public func score(_ figure: Figure) -> Score {
        if let k = figure.topK { return topK(k) }
        return switch figure {
        case .accuracy, .macroPrecision, .macroRecall, .macroF1, .weightedPrecision,
            .weightedRecall, .weightedF1:
            share(figure)
        case .balancedAccuracy: balancedAccuracy
        case .matthewsCorrelation: matthewsCorrelation
        case .cohensKappa: cohensKappa
        case .rocBinary: roc.binary ?? .undefined(reason: "there are not two classes")
        case .rocMacro: roc.macro
        case .rocWeighted: roc.weighted
        case .rocMicro: microROC
        case .pairwiseMacro: pairwiseROC.macro
        case .pairwiseWeighted: pairwiseROC.weighted
        case .precisionBinary:
            averagePrecision.binary ?? .undefined(reason: "there are not two classes")
        case .precisionMacro: averagePrecision.macro
        case .precisionWeighted: averagePrecision.weighted
        case .precisionMicro: averagePrecision.micro
        case .logLoss: logLoss
        case .brierScore: brierScore
        default: calibrationScore(figure)
        }
    }

    /// The value of a figure of one class.
    public func score(_ figure: ClassFigure, of index: Int) -> Score {
        let row = classification.classes[index]
        return switch figure {
        case .precision: .value(row.precision)
        case .recall: .value(row.recall)
        case .f1Score: .value(row.f1Score)
        case .rocArea: roc.perClass[index]
        case .averagePrecision: averagePrecision.perClass[index]
        }
    }

    /// The figures that say something here, with their values and intervals.
    public var figures: [(figure: Figure, score: Score, interval: Interval?)] {
        Figure.allCases.filter { $0.isTelling(classCount: predictions.classCount) }.map {
            ($0, score($0), interval($0))
        }
    }

    /// The interval of a figure; nil where there is none.
    public func interval(_ figure: Figure) -> Interval? {
        score(figure).value == nil ? nil : intervals?[figure]
    }

    private func topK(_ k: Int) -> Score {
        topKAccuracy(predictions, k: k).map(Score.value)
            ?? .undefined(reason: "there are no samples")
    }

    private func share(_ figure: Figure) -> Score {
        guard predictions.sampleCount > 0 else { return .undefined(reason: "there are no samples") }
        return .value(classification.value(figure))
    }

    private func calibrationScore(_ figure: Figure) -> Score {
        let reason = predictions.reasonWithoutProbabilities ?? calibration.temperature.reason ?? ""
        let missing = Score.undefined(reason: reason)
        let (plain, scaled) = (calibration.reliability?.errors, calibration.scaled)
        return switch figure {
        case .expectedError: plain.map { .value($0.expected) } ?? missing
        case .adaptiveError: plain.map { .value($0.adaptive) } ?? missing
        case .maximumError: plain.map { .value($0.maximum) } ?? missing
        case .scaledLogLoss: scaled?.logLoss ?? missing
        case .scaledBrierScore: scaled?.brierScore ?? missing
        case .scaledExpectedError:
            (scaled?.reliability?.errors.expected).map(Score.value) ?? missing
        case .scaledAdaptiveError:
            (scaled?.reliability?.errors.adaptive).map(Score.value) ?? missing
        default: (scaled?.reliability?.errors.maximum).map(Score.value) ?? missing
        }
    }
}

extension ClassificationReport {
    /// A figure that the report holds.
    func value(_ figure: Figure) -> Double {
        switch figure {
        case .macroPrecision: macroAverage.precision
        case .macroRecall: macroAverage.recall
        case .macroF1: macroAverage.f1Score
        case .weightedPrecision: weightedAverage.precision
        case .weightedRecall: weightedAverage.recall
        case .weightedF1: weightedAverage.f1Score
        default: accuracy
        }
    }
}

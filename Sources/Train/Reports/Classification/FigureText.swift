/// How reports name the figures of an evaluation.
extension Figure {
    /// The groups in which reports list figures.
    enum Group: String, CaseIterable {
        case answers = "Answers"
        case ranking = "Ranking of the samples"
        case probabilities = "Probabilities"
        case scaled = "Probabilities with the fitted temperature"
    }

    var group: Group {
        switch self {
        case .accuracy, .top2, .top3, .top5, .balancedAccuracy, .macroPrecision, .macroRecall,
            .macroF1, .weightedPrecision, .weightedRecall, .weightedF1, .matthewsCorrelation,
            .cohensKappa:
            .answers
        case .rocBinary, .rocMacro, .rocWeighted, .rocMicro, .pairwiseMacro, .pairwiseWeighted,
            .precisionBinary, .precisionMacro, .precisionWeighted, .precisionMicro:
            .ranking
        case .logLoss, .brierScore, .expectedError, .adaptiveError, .maximumError: .probabilities
        default: .scaled
        }
    }

    var title: String {
        switch self {
        case .accuracy: "Accuracy"
        case .top2: "Top-2 accuracy"
        case .top3: "Top-3 accuracy"
        case .top5: "Top-5 accuracy"
        case .balancedAccuracy: "Balanced accuracy"
        case .macroPrecision: "Precision, macro"
        case .macroRecall: "Recall, macro"
        case .macroF1: "F1, macro"
        case .weightedPrecision: "Precision, weighted"
        case .weightedRecall: "Recall, weighted"
        case .weightedF1: "F1, weighted"
        case .matthewsCorrelation: "Matthews correlation"
        case .cohensKappa: "Cohen's kappa"
        case .rocBinary: "ROC-AUC"
        case .rocMacro: "ROC-AUC one-vs-rest, macro"
        case .rocWeighted: "ROC-AUC one-vs-rest, weighted"
        case .rocMicro: "ROC-AUC one-vs-rest, micro"
        case .pairwiseMacro: "ROC-AUC one-vs-one, macro"
        case .pairwiseWeighted: "ROC-AUC one-vs-one, weighted"
        case .precisionBinary: "Average precision"
        case .precisionMacro: "Average precision, macro"
        case .precisionWeighted: "Average precision, weighted"
        case .precisionMicro: "Average precision, micro"
        case .logLoss, .scaledLogLoss: "Log loss"
        case .brierScore, .scaledBrierScore: "Brier score"
        case .expectedError, .scaledExpectedError: "Calibration error, expected (ECE)"
        case .adaptiveError, .scaledAdaptiveError: "Calibration error, adaptive"
        case .maximumError, .scaledMaximumError: "Calibration error, maximum (MCE)"
        }
    }

    var remark: String {
        switch self {
        case .balancedAccuracy: "mean recall of the classes present"
        case .macroPrecision, .macroRecall, .macroF1: "mean of the classes"
        case .weightedPrecision, .weightedRecall, .weightedF1: "mean by class size"
        case .matthewsCorrelation: "1 is perfect, 0 is chance"
        case .cohensKappa: "agreement beyond chance"
        case .logLoss, .scaledLogLoss: "nats per image; lower is better"
        case .brierScore, .scaledBrierScore: "squared error; lower is better"
        case .expectedError, .scaledExpectedError:
            "\(Reliability.binCount) bins of equal width; lower is better"
        case .adaptiveError, .scaledAdaptiveError:
            "\(Reliability.binCount) bins of equally many images"
        case .maximumError, .scaledMaximumError: "the worst bin of equal width"
        default: ""
        }
    }

    /// The figure with the fitted temperature; nil for figures that it does not change.
    var scaled: Figure? {
        switch self {
        case .logLoss: .scaledLogLoss
        case .brierScore: .scaledBrierScore
        case .expectedError: .scaledExpectedError
        case .adaptiveError: .scaledAdaptiveError
        case .maximumError: .scaledMaximumError
        default: nil
        }
    }
}

extension Evaluation {
    var figureGroups: [FigureGroup] {
        Figure.Group.allCases.map { group in
            let members = figures.filter { $0.figure.group == group }.map { item in
                ReportFigure(
                    name: item.figure.rawValue, title: item.figure.title, score: item.score,
                    interval: item.interval, remark: remark(item.figure))
            }
            var list = FigureGroup(title: group.rawValue, figures: members)
            if group == .scaled {
                // The page shows them beside the reliability diagrams.
                list.isOnPage = false
                list.isInText = calibration.scaled != nil
                list.note = calibration.temperature.value.map {
                    "temperature \(fixedPoint($0, digits: 4)), \(temperatureSource)"
                }
            }
            return list
        }
    }

    /// What a figure's remark says here: counts where they help, the reason where it is undefined.
    func remark(_ figure: Figure) -> String {
        if let reason = score(figure).reason { return reason }
        let names = predictions.classNames
        func skipped(_ classes: [Int]) -> String {
            classes.isEmpty
                ? ""
                : "without \(NumberText.counted(classes.count, "class", "classes")) not present"
        }
        switch figure {
        case .accuracy:
            return "\(NumberText.grouped(confusionMatrix.correctCount)) of "
                + NumberText.grouped(predictions.sampleCount)
        case .rocBinary, .precisionBinary: return "positive class: \(names[1])"
        case .rocMacro: return skipped(roc.skippedClasses)
        case .precisionMacro: return skipped(averagePrecision.skippedClasses)
        default: return figure.remark
        }
    }

    /// How the intervals were found; nil where there are none.
    var intervalMethod: String? {
        guard let intervals else { return nil }
        let bootstrap = intervals.bootstrap
        let share = fixedPoint(bootstrap.confidence * 100, digits: 0)
        var text =
            "Intervals hold \(share) % of \(NumberText.grouped(bootstrap.resampleCount)) bootstrap "
            + "resamples of the \(NumberText.counted(predictions.sampleCount, "image", "images")) "
            + "(percentiles, seed \(bootstrap.seed)). The model and the temperature are held fixed: "
            + "the spread between training runs is not in them."
        if intervals.rankingResampleCount < bootstrap.resampleCount {
            text +=
                " ROC areas and average precisions were resampled "
                + "\(NumberText.grouped(intervals.rankingResampleCount)) times."
        }
        let mistakes = predictions.sampleCount - confusionMatrix.correctCount
        if mistakes == 0, predictions.sampleCount > 0 {
            let bound = NumberText.percent(min(1, 3 / Double(predictions.sampleCount)), digits: 2)
            text +=
                " Not one answer is wrong, so the bootstrap sees no spread; an error rate up to "
                + "\(bound) would still fit (rule of three)."
        }
        return text
    }

    /// What the temperature was fitted on.
    var temperatureSource: String {
        switch calibration.source {
        case .validation(let count):
            "fitted on the \(NumberText.counted(count, "image", "images")) of the validation part, "
                + "which are not measured here"
        case .measuredSamples:
            "fitted on the measured images themselves, so that the figures with it flatter"
        }
    }
}

/// How reports name the figures of a segmentation.
extension SegmentationFigure {
    var title: String {
        switch self {
        case .meanIoU: "Mean IoU"
        case .meanDice: "Mean Dice (F1)"
        case .pixelAccuracy: "Pixel accuracy"
        case .meanClassAccuracy: "Mean class accuracy"
        case .frequencyWeightedIoU: "IoU, weighted by class size"
        case .imageIoU: "Mean IoU of the single images"
        case .logLoss: "Log loss"
        }
    }

    var remark: String {
        switch self {
        case .meanIoU, .meanDice: "mean of the classes over all pixels"
        case .pixelAccuracy: ""
        case .meanClassAccuracy: "mean recall of the classes present"
        case .frequencyWeightedIoU: "mean by the pixels of each class"
        case .imageIoU: "mean over the images"
        case .logLoss: "nats per pixel; lower is better"
        }
    }
}

extension OverlapFigure {
    var title: String {
        switch self {
        case .iou: "IoU"
        case .dice: "Dice"
        case .precision: "precision"
        case .recall: "recall"
        }
    }
}

extension SegmentationEvaluation {
    /// The class that is left out under `BorderRule.ignored`.
    var borderName: String { borderClass.map { predictions.classNames[$0] } ?? "" }

    /// What the figures under a rule are about.
    func title(_ rule: BorderRule) -> String {
        if borderClass == nil { return "All pixels" }
        return rule == .counted
            ? "All pixels, '\(borderName)' a class like the others"
            : "Without the pixels that are '\(borderName)'"
    }

    var figureGroups: [FigureGroup] {
        rules.map { rule in
            FigureGroup(
                title: title(rule),
                figures: SegmentationFigure.allCases.map { figure in
                    ReportFigure(
                        name: rule.name(figure), title: figure.title, score: score(figure, rule),
                        interval: interval(figure, rule), remark: remark(figure, rule))
                },
                note: rule == .counted
                    ? nil : "predicting '\(borderName)' elsewhere misses the true class")
        }
    }

    private func remark(_ figure: SegmentationFigure, _ rule: BorderRule) -> String {
        if let reason = score(figure, rule).reason { return reason }
        switch figure {
        case .meanIoU, .meanDice:
            let measured: OverlapFigure = figure == .meanIoU ? .iou : .dice
            let absent = measures(rule).overlaps.count { $0 != nil && $0?[measured] == nil }
            guard absent > 0 else { return figure.remark }
            return "without \(NumberText.counted(absent, "class", "classes")) not present"
        case .pixelAccuracy: return pixelText(rule)
        case .imageIoU:
            let count = imageIoU(rule).count { $0 != nil }
            return "mean over \(NumberText.counted(count, "image", "images"))"
        default: return figure.remark
        }
    }

    /// `93,120 of 100,000 pixels`.
    func pixelText(_ rule: BorderRule = .counted) -> String {
        let matrix = measures(rule).confusionMatrix
        return "\(NumberText.grouped(matrix.correctCount)) of "
            + "\(NumberText.counted(matrix.sampleCount, "pixel", "pixels"))"
    }

    var confidence: Double? { bootstrap?.confidence }

    var intervalMethod: String? {
        guard let bootstrap else { return nil }
        let share = fixedPoint(bootstrap.confidence * 100, digits: 0)
        return
            "Intervals hold \(share) % of \(NumberText.grouped(bootstrap.resampleCount)) bootstrap "
            + "resamples of the \(NumberText.counted(predictions.sampleCount, "image", "images")), "
            + "not of their pixels, which are alike within an image (percentiles, seed "
            + "\(bootstrap.seed)). The model is held fixed: the spread between training runs is not "
            + "in them."
    }

    /// The share of the labelled pixels that belong to a class.
    func pixelShare(of index: Int) -> Double? {
        let count = confusionMatrix.sampleCount
        return count == 0 ? nil : Double(confusionMatrix.labelCounts[index]) / Double(count)
    }

    /// The share of the images below which a mean IoU lies, for each of some shares.
    func imageQuantiles(_ shares: [Double], _ rule: BorderRule = .counted) -> [Double?] {
        let sorted = imageIoU(rule).compactMap { $0 }.sorted()
        return shares.map { quantile(ofSorted: sorted, $0) }
    }
}

extension Evaluation: ReportedEvaluation {
    var confidence: Double? { intervals?.bootstrap.confidence }

    var headline: [HeadlineFigure] {
        func figure(
            _ figure: Figure, _ name: String, _ remark: String, isShare: Bool = false
        ) -> HeadlineFigure {
            HeadlineFigure(
                name: name, score: score(figure), interval: interval(figure), remark: remark,
                isShare: isShare)
        }
        let classCount = predictions.classCount
        let isBinary = classCount == 2
        let kind = isBinary ? "class \(predictions.classNames[1])" : "macro, one-vs-rest"
        let correct = NumberText.grouped(confusionMatrix.correctCount)
        let count = NumberText.grouped(predictions.sampleCount)
        var figures = [
            figure(.accuracy, "Accuracy", "\(correct) of \(count) images", isShare: true)
        ]
        if top5Accuracy != nil {
            figures.append(
                figure(.top5, "Top-5 accuracy", "true class among five", isShare: true))
        }
        return figures + [
            figure(
                .macroF1, "F1", "mean of \(NumberText.counted(classCount, "class", "classes"))"),
            figure(isBinary ? .rocBinary : .rocMacro, "ROC-AUC", kind),
            figure(isBinary ? .precisionBinary : .precisionMacro, "Average precision", kind),
            figure(.logLoss, "Log loss", "nats per image"),
            figure(.expectedError, "Calibration error", "ECE, \(Reliability.binCount) bins"),
        ]
    }

    var learningCurves: [LearningCurve] { [.loss, .accuracy("Accuracy"), .learningRate] }

    func pageSections(_ content: ReportContent) -> [(heading: String, html: String?)] {
        let names = predictions.classNames
        let confusion = HTMLConfusion(matrix: confusionMatrix, classNames: names)
        return [
            ("Confusion matrix", predictions.sampleCount == 0 ? nil : confusion.html),
            ("Classes", HTMLClassTable(evaluation: self).html),
            ("ROC curves", HTMLROC(evaluation: self).html),
            ("Precision and recall", HTMLPrecisionRecall(evaluation: self).html),
            (
                "Thresholds",
                thresholds.map { HTMLThresholds(table: $0, positiveClass: names[1]).html }
            ),
            ("Calibration", HTMLCalibration(evaluation: self).html),
            (
                "Most confident mistakes",
                HTMLGallery(mistakes: content.mistakes, predictions: predictions).html
            ),
        ]
    }

    var pageDetails: [(title: String, html: String)] {
        [("Classification report", "<pre>\(escaped(classification.text()))</pre>")]
    }
}

extension SegmentationEvaluation: ReportedEvaluation {
    var headline: [HeadlineFigure] {
        func figure(
            _ figure: SegmentationFigure, _ name: String, _ remark: String,
            _ rule: BorderRule = .counted
        ) -> HeadlineFigure {
            HeadlineFigure(
                name: name, score: score(figure, rule), interval: interval(figure, rule),
                remark: remark, isShare: figure != .logLoss)
        }
        let classes = NumberText.counted(predictions.classCount, "class", "classes")
        let images = NumberText.counted(predictions.sampleCount, "image", "images")
        var figures = [
            figure(.meanIoU, "Mean IoU", "mean of \(classes), \(images)"),
            figure(.meanDice, "Mean Dice", "F1 of the pixels"),
            figure(.pixelAccuracy, "Pixel accuracy", pixelText()),
        ]
        if borderClass != nil {
            let remark = "without '\(borderName)'"
            figures.append(figure(.meanIoU, "Mean IoU", remark, .ignored))
            figures.append(figure(.pixelAccuracy, "Pixel accuracy", remark, .ignored))
        } else {
            figures.append(figure(.meanClassAccuracy, "Class accuracy", "mean recall"))
        }
        figures.append(figure(.logLoss, "Log loss", "nats per pixel"))
        return figures
    }

    var learningCurves: [LearningCurve] {
        [
            .loss, .segmentation("Mean IoU", .meanIoU), .segmentation("Mean Dice", .meanDice),
            .accuracy("Pixel accuracy"), .learningRate,
        ]
    }

    func pageSections(_ content: ReportContent) -> [(heading: String, html: String?)] {
        let confusion = HTMLConfusion(
            matrix: confusionMatrix, classNames: predictions.classNames, unit: .pixels)
        let gallery = HTMLMaskGallery(pictures: content.segmentations, evaluation: self)
        return [
            ("Classes", HTMLOverlapTable(evaluation: self).html),
            (
                "Confusion matrix of the pixels, % of the true class",
                confusionMatrix.sampleCount == 0 ? nil : confusion.html
            ),
            ("Single images", HTMLImageScores(evaluation: self).html),
            ("Examples", gallery.html),
        ]
    }

    var pageDetails: [(title: String, html: String)] {
        [("Table of the classes", "<pre>\(escaped(classTable))</pre>")]
    }
}

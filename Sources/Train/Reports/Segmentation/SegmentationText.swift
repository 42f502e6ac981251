extension SegmentationEvaluation {
    /// The worst images that are named.
    static let worstCount = 10

    /// The classes, the confusion matrix and the single images.
    var textDetails: String { "\nClasses\n\n" + classTable + confusionText + imageText }

    /// The overlaps of each class, for terminals.
    var classTable: String {
        let names = predictions.classNames.map { shortened($0, to: 24) }
        let nameWidth = max(12, names.map(\.count).max() ?? 0)
        let widths = OverlapFigure.allCases.map { max($0.title.count, 6) + 2 }
        var output = ""
        if rules.count > 1 {
            let width = widths.reduce(0, +)
            output += String(repeating: " ", count: nameWidth + 10)
            output += leftPadded("all pixels", width)
            output += leftPadded("without '\(shortened(borderName, to: 16))'", width + 2) + "\n"
        }
        func line(_ name: String, _ share: String, _ cells: [[String]]) -> String {
            var text = leftPadded(name, nameWidth) + leftPadded(share, 10)
            for (place, row) in cells.enumerated() {
                if place > 0 { text += "  " }
                text += zip(row, widths).map { leftPadded($0, $1) }.joined()
            }
            return trimmed(text) + "\n"
        }
        output += line("", "pixels", rules.map { _ in OverlapFigure.allCases.map(\.title) }) + "\n"
        for index in names.indices {
            let cells = rules.map { rule in
                OverlapFigure.allCases.map { figure in
                    score(figure, of: index, rule).value.map { fixedPoint($0, digits: 4) } ?? "–"
                }
            }
            let share = pixelShare(of: index).map { fixedPoint($0 * 100, digits: 2) + " %" }
            output += line(names[index], share ?? "–", cells)
        }
        return output
    }

    private var confusionText: String {
        let names = predictions.classNames
        guard confusionMatrix.sampleCount > 0 else { return "" }
        let totals = confusionMatrix.labelCounts
        let table = confusionTable(confusionMatrix, names) { label, predicted in
            let count = confusionMatrix[label, predicted]
            return fixedPoint(Double(count) / Double(totals[label]) * 100, digits: 2)
        }
        guard let table else {
            return "\nThe confusion matrix of \(names.count) classes is in "
                + "\(RunFile.confusionMatrix).\n"
        }
        return "\nConfusion matrix of the pixels, % of the true class (rows: true class, columns: "
            + "predicted class)\n\n" + table
    }

    private var imageText: String {
        let ranking = ranking
        guard !ranking.isEmpty else { return "" }
        var output = "\nMean IoU of the single images\n\n"
        output += ["lowest", "5 %", "25 %", "median", "75 %", "95 %", "highest"].map {
            leftPadded($0, 9)
        }.joined()
        for rule in rules {
            output += "\n"
            output += imageQuantiles([0, 0.05, 0.25, 0.5, 0.75, 0.95, 1], rule).map {
                leftPadded($0.map { fixedPoint($0, digits: 4) } ?? "–", 9)
            }.joined()
            if rule == .ignored { output += "   without '\(borderName)'" }
        }
        output += "\n\nWorst images\n\n"
        let scores = imageIoU()
        for sample in ranking.prefix(Self.worstCount) {
            output += leftPadded(fixedPoint(scores[sample] ?? 0, digits: 4), 9)
            output += "  \(predictions.samples[sample].name)\n"
        }
        return output
    }
}

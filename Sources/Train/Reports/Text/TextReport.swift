extension ReportContent {
    /// The report for terminals.
    public var text: String {
        var output = "\(title)\n\(modelName) on \(dataName)\n"
        for group in Figure.Group.allCases { output += text(of: group) }
        if let method = evaluation.intervalMethod { output += "\n" + wrapped(method) }
        output += "\n" + table(facts)
        output += "\nClassification report\n\n" + evaluation.classification.text()
        output += thresholdText + "\n" + confusionText
        for note in notes { output += "\nNote: \(note)\n" }
        return output
    }

    /// The figures of one group with their intervals.
    private func text(of group: Figure.Group) -> String {
        let figures = evaluation.figures.filter { $0.figure.group == group }
        if group == .scaled, evaluation.calibration.scaled == nil { return "" }
        var output = "\n\(group.rawValue)\n"
        if group == .scaled, let temperature = evaluation.calibration.temperature.value {
            let value = fixedPoint(temperature, digits: 4)
            output += "  temperature \(value), \(evaluation.temperatureSource)\n"
        }
        for (figure, score, interval) in figures {
            let value = score.value.map { fixedPoint($0, digits: 4) } ?? "undefined"
            let line =
                "  " + padded(figure.title, 35) + leftPadded(value, 9) + "  "
                + padded(NumberText.interval(interval), 18) + evaluation.remark(figure)
            output += trimmed(line) + "\n"
        }
        return output
    }

    private var facts: [(String, String)] {
        var facts: [(String, String)] = []
        if let epochCount { facts.append(("Epochs", String(epochCount))) }
        if let trainingSeconds {
            facts.append(("Training time", NumberText.duration(trainingSeconds)))
        }
        if let peakMemory {
            facts.append(
                ("Peak memory", NumberText.bytes(peakMemory) + " of tensors in training"))
        }
        if let hash = history.last?.weightsHash {
            facts.append(("Weights", hash + "   SHA-256 at the end of training"))
        }
        if let git { facts.append(("Commit", git.shortText)) }
        if let reproduceCommand { facts.append(("Reproduce", reproduceCommand)) }
        if let serveCommand { facts.append(("Serve", serveCommand)) }
        return facts
    }

    private func table(_ rows: [(String, String)]) -> String {
        rows.map { padded($0.0, 16) + $0.1 + "\n" }.joined()
    }

    /// The thresholds of a task of two classes.
    private var thresholdText: String {
        guard let table = evaluation.thresholds else { return "" }
        let heads = ["threshold", "precision", "recall", "specificity", "F1", "Youden"]
        var output = "\nThresholds for '\(evaluation.predictions.classNames[1])'\n\n"
        output += heads.map { leftPadded($0, 12) }.joined() + "\n"
        for row in table.rows {
            let values = [
                row.threshold, row.precision, row.recall, row.specificity, row.f1Score, row.youden,
            ]
            output += values.map { leftPadded(fixedPoint($0, digits: 4), 12) }.joined()
            let marks = table.marks(of: row)
            output += (marks.isEmpty ? "" : "   " + marks.joined(separator: ", ")) + "\n"
        }
        return output
    }

    /// The matrix where it fits a wide terminal, and the most frequent mistakes.
    private var confusionText: String {
        let matrix = evaluation.confusionMatrix
        let names = evaluation.predictions.classNames
        var output = ""
        let labels = names.map { shortened($0, to: 24) }
        let numberWidth =
            max(String(names.count - 1).count + 2, String(matrix.counts.max() ?? 0).count) + 1
        let labelWidth = (labels.map(\.count).max() ?? 0) + numberWidth
        if labelWidth + numberWidth * names.count <= 150 {
            output += "Confusion matrix (rows: true class, columns: predicted class)\n\n"
            output += String(repeating: " ", count: labelWidth)
            for index in names.indices { output += leftPadded("[\(index)]", numberWidth) }
            output += "\n"
            for label in names.indices {
                output += leftPadded(
                    labels[label] + leftPadded("[\(label)]", numberWidth), labelWidth)
                for predicted in names.indices {
                    let count = matrix[label, predicted]
                    output += leftPadded(count == 0 ? "." : String(count), numberWidth)
                }
                output += "\n"
            }
        } else {
            output +=
                "The confusion matrix of \(names.count) classes is in \(RunFile.confusionMatrix).\n"
        }
        let top = matrix.topConfusions(limit: 10)
        guard !top.isEmpty else { return output }
        output += "\nMost confused (true → predicted)\n\n"
        for confusion in top {
            let count = leftPadded(String(confusion.count), 7)
            let rate = leftPadded(fixedPoint(confusion.rate * 100, digits: 1) + " %", 9)
            output += "\(count)\(rate)  \(names[confusion.label]) → \(names[confusion.predicted])\n"
        }
        return output
    }
}

private func leftPadded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
}

private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
}

private func trimmed(_ line: String) -> Substring {
    var line = line[...]
    while line.last == " " { line.removeLast() }
    return line
}

/// Breaks a sentence into lines of at most 100 characters.
private func wrapped(_ text: String) -> String {
    var output = ""
    var width = 0
    for word in text.split(separator: " ") {
        if width > 0, width + word.count >= 100 {
            output += "\n"
            width = 0
        }
        output += (width == 0 ? "" : " ") + word
        width += word.count + 1
    }
    return output + "\n"
}

extension ThresholdTable {
    /// What is best at the threshold of `row`.
    func marks(of row: Row) -> [String] {
        (row == bestF1 ? ["best F1"] : []) + (row == bestYouden ? ["best Youden"] : [])
    }
}

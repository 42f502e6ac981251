extension ReportContent {
    /// The report for terminals.
    public var text: String {
        var output = "\(title)\n\(modelName) on \(dataName)\n\n"
        for (name, value, remark) in figures {
            let padding = String(repeating: " ", count: max(1, 16 - name.count))
            output += name + padding + value + (remark.isEmpty ? "" : "   " + remark) + "\n"
        }
        output += "\nClassification report\n\n" + evaluation.classification.text()
        output += "\n" + confusionText
        for note in notes { output += "\nNote: \(note)\n" }
        return output
    }

    private var figures: [(String, String, String)] {
        let correct = NumberText.grouped(evaluation.confusionMatrix.correctCount)
        let total = NumberText.grouped(evaluation.predictions.sampleCount)
        var figures = [
            ("Accuracy", fixedPoint(evaluation.accuracy, digits: 4), "\(correct) of \(total)")
        ]
        if let top5 = evaluation.top5Accuracy {
            figures.append(("Top-5 accuracy", fixedPoint(top5, digits: 4), ""))
        }
        func score(_ name: String, _ score: Score, _ remark: String) {
            figures.append(
                (
                    name, score.value.map { fixedPoint($0, digits: 4) } ?? "undefined",
                    score.reason ?? remark
                ))
        }
        let roc = evaluation.roc
        if let binary = roc.binary {
            score("ROC-AUC", binary, "positive class: \(evaluation.predictions.classNames[1])")
        } else {
            let count = roc.skippedClasses.count
            let skipped =
                count == 0
                ? "" : "; without \(NumberText.counted(count, "class", "classes")) not present"
            score("ROC-AUC", roc.macro, "each class against the rest, macro\(skipped)")
            score("", roc.weighted, "weighted by class size")
        }
        score("Log loss", evaluation.logLoss, "")
        if let epochCount { figures.append(("Epochs", String(epochCount), "")) }
        if let trainingSeconds {
            figures.append(("Training time", NumberText.duration(trainingSeconds), ""))
        }
        if let peakMemory {
            figures.append(("Peak memory", NumberText.bytes(peakMemory), "of tensors in training"))
        }
        if let hash = history.last?.weightsHash {
            figures.append(("Weights", hash, "SHA-256 at the end of training"))
        }
        if let git { figures.append(("Commit", git.shortText, "")) }
        if let reproduceCommand { figures.append(("Reproduce", reproduceCommand, "")) }
        if let serveCommand { figures.append(("Serve", serveCommand, "")) }
        return figures
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

extension Evaluation {
    /// The classification report, the thresholds and the confusion matrix.
    var textDetails: String {
        "\nClassification report\n\n" + classification.text() + thresholdText + "\n"
            + confusionText
    }

    /// The thresholds of a task of two classes.
    private var thresholdText: String {
        guard let table = thresholds else { return "" }
        let heads = ["threshold", "precision", "recall", "specificity", "F1", "Youden"]
        var output = "\nThresholds for '\(predictions.classNames[1])'\n\n"
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
        let names = predictions.classNames
        let table = confusionTable(confusionMatrix, names) {
            String(confusionMatrix[$0, $1])
        }
        let matrix =
            table.map {
                "Confusion matrix (rows: true class, columns: predicted class)\n\n" + $0
            }
            ?? "The confusion matrix of \(names.count) classes is in \(RunFile.confusionMatrix).\n"
        return matrix + confusionList(confusionMatrix, names)
    }
}

extension ThresholdTable {
    /// What is best at the threshold of `row`.
    func marks(of row: Row) -> [String] {
        (row == bestF1 ? ["best F1"] : []) + (row == bestYouden ? ["best Youden"] : [])
    }
}

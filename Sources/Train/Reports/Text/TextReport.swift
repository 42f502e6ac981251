extension ReportContent {
    /// The report for terminals.
    public var text: String {
        let reported = evaluation.reported
        var output = "\(title)\n\(modelName) on \(dataName)\n"
        for group in reported.figureGroups where group.isInText { output += text(of: group) }
        if let method = reported.intervalMethod { output += "\n" + wrapped(method) }
        output += "\n" + table(facts) + reported.textDetails
        for note in notes { output += "\nNote: \(note)\n" }
        return output
    }

    /// The figures of one group with their intervals.
    private func text(of group: FigureGroup) -> String {
        var output = "\n\(group.title)\n"
        if let note = group.note { output += "  \(note)\n" }
        for figure in group.figures {
            let value = figure.score.value.map { fixedPoint($0, digits: 4) } ?? "undefined"
            let line =
                "  " + padded(figure.title, 35) + leftPadded(value, 9) + "  "
                + padded(NumberText.interval(figure.interval), 18) + figure.remark
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
}

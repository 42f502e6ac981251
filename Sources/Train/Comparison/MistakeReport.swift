import Support

extension MistakeComparison: ComparedAnswers {
    func verdict(_ figures: [FigureDifference]) -> String {
        RunComparison.verdict(
            "accuracy", figures[0].difference, isProven: mcNemar.pValue < 0.05,
            isBetter: mcNemar.onlySecond > mcNemar.onlyFirst,
            test: "McNemar p = \(RunComparison.probability(mcNemar.pValue))")
    }

    var summary: String {
        let kind =
            mcNemar.statistic.map { "chi-square \(fixedPoint($0, digits: 3)), corrected" }
            ?? "exact binomial"
        return "both right \(NumberText.grouped(bothRight)), only A \(mcNemar.onlyFirst), only B "
            + "\(mcNemar.onlySecond), neither \(NumberText.grouped(bothWrong)); McNemar "
            + "p = \(RunComparison.probability(mcNemar.pValue)) (\(kind))"
    }

    // MARK: Samples that flipped

    var changeText: [String] {
        var lines: [String] = []
        for isFixed in [false, true] {
            let samples = flips.filter { $0.isFixed == isFixed }
            guard !samples.isEmpty else { continue }
            let kind = isFixed ? "right in B only" : "right in A only"
            lines.append("\(NumberText.counted(samples.count, "sample", "samples")) \(kind)")
            for flip in samples.prefix(RunComparison.shownCount) {
                lines.append("  \(text(of: flip))")
            }
            if samples.count > RunComparison.shownCount {
                let rest = samples.count - RunComparison.shownCount
                lines.append("  … \(rest) more in --json and --html")
            }
            lines.append("")
        }
        return lines
    }

    private func text(of flip: Flip) -> String {
        "\(a.sampleNames[flip.sample]): \(label(flip.sample)); A says "
            + "\(answer(a, flip.sample)), B \(answer(b, flip.sample))"
    }

    /// What a model says about a sample, and how sure it is.
    private func answer(_ predictions: Predictions, _ sample: Int) -> String {
        let name = predictions.classNames[Int(predictions.predictedLabels[sample])]
        return "\(name) \(fixedPoint(Double(predictions.confidence(sample)), digits: 3))"
    }

    private func label(_ sample: Int) -> String { a.classNames[Int(a.labels[sample])] }

    var jsonMembers: [(key: String, value: JSONValue)] {
        [
            ("mcnemar", mcNemar.json), ("both_right", .integer(bothRight)),
            ("both_wrong", .integer(bothWrong)), ("flips", .array(flips.map(json))),
        ]
    }

    private func json(_ flip: Flip) -> JSONValue {
        func guess(_ predictions: Predictions) -> JSONValue {
            [
                "predicted": .string(
                    predictions.classNames[Int(predictions.predictedLabels[flip.sample])]),
                "confidence": .number(Double(predictions.confidence(flip.sample))),
            ]
        }
        return [
            "index": .integer(a.sampleIndices[flip.sample]),
            "name": .string(a.sampleNames[flip.sample]), "label": .string(label(flip.sample)),
            "right": .string(flip.isFixed ? "b" : "a"), "a": guess(a), "b": guess(b),
        ]
    }

    // MARK: The page

    var pageSummary: (heading: String, html: String) {
        func row(_ name: String, _ cells: [Int]) -> String {
            "<tr><th scope=\"row\">\(name)</th>"
                + cells.map { "<td>\(NumberText.grouped($0))</td>" }.joined() + "</tr>"
        }
        let kind =
            mcNemar.statistic.map {
                "chi-square with continuity correction \(fixedPoint($0, digits: 3))"
            } ?? "exact binomial test"
        let html =
            "<table><thead><tr><th></th><th scope=\"col\">B right</th>"
            + "<th scope=\"col\">B wrong</th></tr></thead><tbody>"
            + row("A right", [bothRight, mcNemar.onlyFirst])
            + row("A wrong", [mcNemar.onlySecond, bothWrong]) + "</tbody></table>\n"
            + "<p class=\"note\">McNemar: "
            + "p = \(escaped(RunComparison.probability(mcNemar.pValue))) (\(kind)) for the "
            + "hypothesis that both make as many mistakes.</p>"
        return ("Mistakes", html)
    }

    var pageChanges: (heading: String, html: String) {
        ("Samples that flipped", flips.isEmpty ? "<p>None.</p>" : flipTables)
    }

    private var flipTables: String {
        [false, true].map { isFixed in
            let samples = flips.filter { $0.isFixed == isFixed }
            let shown = samples.prefix(RunComparison.shownOnPage)
            let title =
                "\(NumberText.counted(samples.count, "sample", "samples")) right in "
                + "\(isFixed ? "B" : "A") only"
                + (shown.count < samples.count ? ", the first \(shown.count)" : "")
            return RunComparison.pageTable(
                title, ["sample", "class", "A says", "B says"], shown.map(row))
        }.joined(separator: "\n")
    }

    private func row(_ flip: Flip) -> String {
        "<tr><th scope=\"row\">\(escaped(a.sampleNames[flip.sample]))</th>"
            + "<td>\(escaped(label(flip.sample)))</td><td>\(escaped(answer(a, flip.sample)))</td>"
            + "<td>\(escaped(answer(b, flip.sample)))</td></tr>"
    }
}

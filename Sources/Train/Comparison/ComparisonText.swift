import Support

extension RunComparison {
    /// The samples and classes that the text shows of each kind; JSON and HTML have more.
    private static let shownCount = 8

    /// The answer in a sentence.
    public var verdict: String {
        let accuracy = figures[0]
        let difference = accuracy.difference.map { Self.signed(100 * $0, 2) } ?? "undefined"
        let test = "McNemar p = \(Self.probability(mcNemar.pValue))"
        guard mcNemar.pValue < 0.05 else {
            return "No evidence that B is better or worse: accuracy \(difference) points, \(test)"
        }
        let isBetter = mcNemar.onlySecond > mcNemar.onlyFirst
        return "B is \(isBetter ? "better" : "worse"): accuracy \(difference) points, \(test)"
    }

    /// The comparison for terminals.
    public var text: String {
        var lines = [
            "A  \(a.path)" + (a.modelName.map { "  (\($0))" } ?? ""),
            "B  \(b.path)" + (b.modelName.map { "  (\($0))" } ?? ""),
            "\(NumberText.grouped(a.predictions.sampleCount)) samples"
                + (a.dataName.map { " of \($0)" } ?? "")
                + ", \(NumberText.grouped(resampleCount)) paired resamples", "", verdict, "",
        ]
        lines += Self.table(figures, heading: "")
        lines += ["", mcNemarText, ""]
        lines += classText + flipText + configurationText
        while lines.last == "" { lines.removeLast() }
        return lines.joined(separator: "\n") + "\n"
    }

    private var mcNemarText: String {
        let kind =
            mcNemar.statistic.map { "chi-square \(fixedPoint($0, digits: 3)), corrected" }
            ?? "exact binomial"
        return "both right \(NumberText.grouped(bothRight)), only A \(mcNemar.onlyFirst), only B "
            + "\(mcNemar.onlySecond), neither \(NumberText.grouped(bothWrong)); McNemar "
            + "p = \(Self.probability(mcNemar.pValue)) (\(kind))"
    }

    private static func table(_ figures: [Figure], heading: String) -> [String] {
        let width = max(10, figures.map(\.name.count).max() ?? 0, heading.count)
        func row(_ cells: [String]) -> String {
            var line = cells[0] + String(repeating: " ", count: width - cells[0].count)
            for (cell, size) in zip(cells.dropFirst(), [10, 10, 10, 22, 9]) {
                line += String(repeating: " ", count: max(1, size - cell.count)) + cell
            }
            return line
        }
        return [row([heading, "A", "B", "B − A", "95 % interval", "p"])]
            + figures.map { figure in
                row([
                    figure.name, number(figure.a), number(figure.b),
                    figure.difference.map { signed($0, 4) } ?? "–",
                    figure.interval.map { "[\(signed($0.lower, 4)), \(signed($0.upper, 4))]" }
                        ?? "–",
                    figure.pValue.map(probability) ?? "–",
                ]) + (figure.isBetter.map { $0 ? "  better" : "  worse" } ?? "")
            }
    }

    private var classText: [String] {
        let moved = classesByDifference
        guard !moved.isEmpty else { return [] }
        let worst = Array(moved.filter { ($0.difference ?? 0) < 0 }.prefix(Self.shownCount))
        let best = Array(
            moved.reversed().filter { ($0.difference ?? 0) > 0 }.prefix(Self.shownCount))
        guard !worst.isEmpty || !best.isEmpty else {
            return ["F1 is the same for every class", ""]
        }
        return Self.table(best + worst.reversed(), heading: "F1 of class")
            + [
                "of \(classes.count) classes, one in twenty lies outside its interval by chance",
                "",
            ]
    }

    /// The classes from the largest loss of F1 to the largest gain.
    private var classesByDifference: [Figure] {
        classes.filter { ($0.difference ?? 0) != 0 }.sorted {
            ($0.difference ?? 0) < ($1.difference ?? 0)
        }
    }

    private var flipText: [String] {
        var lines: [String] = []
        for isFixed in [false, true] {
            let samples = flips.filter { $0.isFixed == isFixed }
            guard !samples.isEmpty else { continue }
            let kind = isFixed ? "right in B only" : "right in A only"
            lines.append("\(NumberText.counted(samples.count, "sample", "samples")) \(kind)")
            for flip in samples.prefix(Self.shownCount) {
                lines.append("  \(text(of: flip))")
            }
            if samples.count > Self.shownCount {
                lines.append("  … \(samples.count - Self.shownCount) more in --json and --html")
            }
            lines.append("")
        }
        return lines
    }

    private func text(of flip: Flip) -> String {
        let names = a.predictions.classNames
        func guess(_ run: MeasuredRun) -> String {
            let predicted = names[Int(run.predictions.predictedLabels[flip.sample])]
            let confidence = fixedPoint(
                Double(run.predictions.confidence(flip.sample)), digits: 3)
            return "\(predicted) \(confidence)"
        }
        let label = names[Int(a.predictions.labels[flip.sample])]
        return "\(a.predictions.sampleNames[flip.sample]): \(label); A says \(guess(a)), B "
            + guess(b)
    }

    private var configurationText: [String] {
        guard a.configuration != nil, b.configuration != nil else {
            return ["the configurations are not both known"]
        }
        guard !configuration.isEmpty else { return ["the configurations are the same"] }
        let width = configuration.map(\.key.count).max() ?? 0
        return ["configuration: A → B"]
            + configuration.map { key, x, y in
                "  \(key)\(String(repeating: " ", count: width - key.count))  \(x ?? "–") → \(y ?? "–")"
            }
    }

    // MARK: Numbers

    static func number(_ value: Double?) -> String {
        value.map { fixedPoint($0, digits: 4) } ?? "–"
    }

    static func signed(_ value: Double, _ digits: Int) -> String {
        let text = fixedPoint(value, digits: digits)
        let isZero = !text.contains { "123456789".contains($0) }
        if isZero { return fixedPoint(0, digits: digits) }
        return value > 0 ? "+" + text : text
    }

    /// `0.034`, `< 0.001`.
    static func probability(_ value: Double) -> String {
        value < 0.001 ? "< 0.001" : fixedPoint(value, digits: 3)
    }
}

extension RunComparison {
    /// The comparison for programs; all samples that flipped, by name.
    public var json: JSONValue {
        [
            "a": .string(a.path), "b": .string(b.path),
            "data": a.dataName.map(JSONValue.string) ?? .null,
            "sample_count": .integer(a.predictions.sampleCount),
            "resamples": .integer(resampleCount), "verdict": .string(verdict),
            "figures": .array(figures.map(Self.json)), "mcnemar": mcNemar.json,
            "both_right": .integer(bothRight), "both_wrong": .integer(bothWrong),
            "class_f1": .array(classes.map(Self.json)), "flips": .array(flips.map(json)),
            "configuration": .object(
                configuration.map { key, x, y in
                    let values: JSONValue = [
                        "a": x.map(JSONValue.string) ?? .null,
                        "b": y.map(JSONValue.string) ?? .null,
                    ]
                    return (key, values)
                }),
        ]
    }

    private static func json(_ figure: Figure) -> JSONValue {
        func number(_ value: Double?) -> JSONValue { value.map(JSONValue.number) ?? .null }
        return [
            "name": .string(figure.name), "a": number(figure.a), "b": number(figure.b),
            "difference": number(figure.difference), "interval": figure.interval?.json ?? .null,
            "p": number(figure.pValue), "better": figure.isBetter.map(JSONValue.bool) ?? .null,
        ]
    }

    private func json(_ flip: Flip) -> JSONValue {
        let names = a.predictions.classNames
        func guess(_ run: MeasuredRun) -> JSONValue {
            [
                "predicted": .string(names[Int(run.predictions.predictedLabels[flip.sample])]),
                "confidence": .number(Double(run.predictions.confidence(flip.sample))),
            ]
        }
        return [
            "index": .integer(a.predictions.sampleIndices[flip.sample]),
            "name": .string(a.predictions.sampleNames[flip.sample]),
            "label": .string(names[Int(a.predictions.labels[flip.sample])]),
            "right": .string(flip.isFixed ? "b" : "a"), "a": guess(a), "b": guess(b),
        ]
    }
}

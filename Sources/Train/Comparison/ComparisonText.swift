import Support

extension RunComparison {
    /// The samples and classes that the text shows of each kind; JSON and HTML have more.
    static let shownCount = 8

    /// The answer in a sentence.
    public var verdict: String { answers.compared.verdict(figures) }

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
        lines += ["", answers.compared.summary, ""]
        lines += classText + answers.compared.changeText + configurationText
        while lines.last == "" { lines.removeLast() }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func table(_ figures: [FigureDifference], heading: String) -> [String] {
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
            return ["\(classFigure) is the same for every class", ""]
        }
        return Self.table(best + worst.reversed(), heading: "\(classFigure) of class")
            + [
                "of \(classes.count) classes, one in twenty lies outside its interval by chance",
                "",
            ]
    }

    /// The classes from the largest loss of the figure to the largest gain.
    private var classesByDifference: [FigureDifference] {
        classes.filter { ($0.difference ?? 0) != 0 }.sorted {
            ($0.difference ?? 0) < ($1.difference ?? 0)
        }
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
    /// The comparison for programs; all samples that changed, by name.
    public var json: JSONValue {
        let head: [(key: String, value: JSONValue)] = [
            ("task", .string(a.predictions.task.rawValue)),
            ("a", .string(a.path)), ("b", .string(b.path)),
            ("data", a.dataName.map(JSONValue.string) ?? .null),
            ("sample_count", .integer(a.predictions.sampleCount)),
            ("resamples", .integer(resampleCount)), ("verdict", .string(verdict)),
            ("figures", .array(figures.map(\.json))),
            ("class_\(classFigure.lowercased())", .array(classes.map(\.json))),
        ]
        let keys: JSONValue = .object(
            configuration.map { key, x, y in
                let values: JSONValue = [
                    "a": x.map(JSONValue.string) ?? .null, "b": y.map(JSONValue.string) ?? .null,
                ]
                return (key, values)
            })
        return .object(head + answers.compared.jsonMembers + [("configuration", keys)])
    }
}

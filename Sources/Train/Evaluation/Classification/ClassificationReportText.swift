import Support

extension ClassificationReport {
    /// The table that scikit-learn's `classification_report` prints, byte for byte.
    ///
    /// Names are padded by Unicode scalars, as Python counts them, so wide scripts do not line up.
    /// When not a single sample is right, scikit-learn counts in floating point and prints supports
    /// as `7.0`; so does this.
    public func text(digits: Int = 2) -> String {
        let width = max(classes.map(\.name.unicodeScalars.count).max() ?? 0, 12, digits)
        func line(_ name: String, _ columns: [String]) -> String {
            columns.reduce(into: padded(name, to: width) + " ") { $0 += " " + padded($1, to: 9) }
                + "\n"
        }
        func support(_ row: Row) -> String {
            accuracy == 0 ? "\(row.support).0" : String(row.support)
        }
        func line(_ row: Row) -> String {
            let figures = [row.precision, row.recall, row.f1Score]
            return line(
                row.name, figures.map { fixedPoint($0, digits: digits) } + [support(row)])
        }
        var text = line("", ["precision", "recall", "f1-score", "support"]) + "\n"
        for row in classes { text += line(row) }
        text += "\n"
        let overall = fixedPoint(accuracy, digits: digits)
        text += line("accuracy", ["", "", overall, support(macroAverage)])
        text += line(macroAverage) + line(weightedAverage)
        return text
    }

    /// The dictionary that scikit-learn's `classification_report(output_dict=True)` returns.
    ///
    /// Each class and `macro avg`, `weighted avg` map to `precision`, `recall`, `f1-score` and
    /// `support` (a `Double`, as there); `accuracy` is a bare number. As in a Python dictionary, a
    /// name that appears again replaces the earlier value, in the earlier place.
    public var json: JSONValue {
        var members: [(key: String, value: JSONValue)] = []
        func set(_ key: String, _ value: JSONValue) {
            if let index = members.firstIndex(where: { $0.key == key }) {
                members[index].value = value
            } else {
                members.append((key, value))
            }
        }
        for row in classes { set(row.name, row.json) }
        set("accuracy", .number(accuracy))
        set(macroAverage.name, macroAverage.json)
        set(weightedAverage.name, weightedAverage.json)
        return .object(members)
    }
}

extension ClassificationReport.Row {
    fileprivate var json: JSONValue {
        [
            "precision": .number(precision), "recall": .number(recall),
            "f1-score": .number(f1Score), "support": .number(Double(support)),
        ]
    }
}

private func padded(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.unicodeScalars.count)) + text
}

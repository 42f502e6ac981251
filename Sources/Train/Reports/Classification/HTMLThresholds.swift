/// What other thresholds would do with a task of two classes.
struct HTMLThresholds {
    let table: ThresholdTable
    let positiveClass: String

    private static let lines: [(style: String, name: String)] = [
        ("mean", "precision"), ("first", "recall"), ("third", "specificity"), ("second", "F1"),
    ]

    /// The section's content.
    var html: String {
        let name = escaped(positiveClass)
        return """
            <p>An image counts as <b>\(name)</b> when its probability for it is at least the \
            threshold.</p><div class="panels short wide">\(chart)<div class="scroll">\(rows)</div></div>
            """
    }

    private func values(_ row: ThresholdTable.Row) -> [Double] {
        [row.precision, row.recall, row.specificity, row.f1Score]
    }

    private var chart: String {
        let series = Self.lines.indices.map { index in
            LineChart.Series(
                style: Self.lines[index].style,
                points: table.rows.map { ($0.threshold, values($0)[index]) })
        }
        let legend = Self.lines.map { "<li><i class=\"\($0.style)\"></i>\($0.name)</li>" }.joined()
        let chart = LineChart(
            description: "Precision, recall, specificity and F1 by threshold",
            x: AxisScale(range: 0...1, count: 5), y: AxisScale(range: 0...1, count: 5),
            xTitle: "threshold", series: series,
            marks: [
                LineChart.Mark(style: "second", x: table.bestF1.threshold, y: table.bestF1.f1Score)
            ], height: 360)
        return """
            <figure><figcaption><b>By threshold</b><ul class="legend">\(legend)</ul></figcaption>\
            \(chart.svg)</figure>
            """
    }

    private var rows: String {
        let heads = ["precision", "recall", "specificity", "F1", "Youden"].map {
            "<th scope=\"col\">\($0)</th>"
        }
        let rows = table.rows.map { row in
            let marks = table.marks(of: row)
            let cells = (values(row) + [row.youden]).map { "<td>\(fixedPoint($0, digits: 4))</td>" }
            let mark = marks.isEmpty ? "" : " <em>\(marks.joined(separator: ", "))</em>"
            return "<tr\(marks.isEmpty ? "" : " class=\"best\"")><th scope=\"row\">"
                + "\(fixedPoint(row.threshold, digits: 4))\(mark)</th>\(cells.joined())</tr>"
        }
        return """
            <table class="thresholds"><thead><tr><th scope="col">threshold</th>\(heads.joined())\
            </tr></thead><tbody>\(rows.joined(separator: "\n"))</tbody></table>
            """
    }
}

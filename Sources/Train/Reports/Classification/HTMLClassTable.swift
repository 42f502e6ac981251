/// The per-class figures of a report, with a bar under each share.
struct HTMLClassTable {
    let evaluation: Evaluation

    /// The section's content.
    var html: String {
        let report = evaluation.classification
        let rows = report.classes.indices.map { index in
            row(
                report.classes[index].name, report.classes[index].support,
                ClassFigure.allCases.map { figure in
                    (
                        evaluation.score(figure, of: index),
                        evaluation.intervals?[figure, class: index]
                    )
                })
        }
        let averages =
            row(
                "mean of the classes", report.macroAverage.support,
                figures(.macroPrecision, .macroRecall, .macroF1, .rocMacro, .precisionMacro))
            + row(
                "mean by class size", report.weightedAverage.support,
                figures(
                    .weightedPrecision, .weightedRecall, .weightedF1, .rocWeighted,
                    .precisionWeighted))
        let heads = ["images", "precision", "recall", "F1", "ROC-AUC", "average precision"].map {
            "<th scope=\"col\">\($0)</th>"
        }
        return """
            <div class="scroll"><table class="classes" id="classes"><thead><tr>\
            <th scope="col">class</th>\(heads.joined())</tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody>
            <tfoot>\(averages)</tfoot></table></div>
            """
    }

    private func figures(_ figures: Figure...) -> [(Score, Interval?)] {
        figures.map { (evaluation.score($0), evaluation.interval($0)) }
    }

    private func row(_ name: String, _ support: Int, _ figures: [(Score, Interval?)]) -> String {
        let cells = figures.enumerated().map { place, figure in
            cell(figure.0, figure.1, hasBar: place < 3)
        }
        return "<tr><th scope=\"row\">\(escaped(name))</th>"
            + "<td>\(NumberText.grouped(support))</td>\(cells.joined())</tr>"
    }

    /// Areas have no bar: half of it would be chance.
    private func cell(_ score: Score, _ interval: Interval?, hasBar: Bool) -> String {
        guard let value = score.value else {
            return "<td title=\"\(escaped(score.reason ?? ""))\">–</td>"
        }
        let width = fixedPoint(min(max(value, 0), 1) * 100, digits: 1)
        let bar = hasBar ? "<i class=\"bar\"><i style=\"width:\(width)%\"></i></i>" : ""
        let range = interval.map { "<small>\(NumberText.range($0, digits: 3))</small>" } ?? ""
        return "<td>\(fixedPoint(value, digits: 4))\(bar)\(range)</td>"
    }
}

/// The per-class figures of a report, with a bar under each share.
struct HTMLClassTable {
    let evaluation: Evaluation

    /// The section's content.
    var html: String {
        let report = evaluation.classification
        let rows = report.classes.indices.map { index in
            row(report.classes[index], area: evaluation.roc.perClass[index])
        }
        let averages =
            row(report.macroAverage, named: "mean of the classes", area: evaluation.roc.macro)
            + row(
                report.weightedAverage, named: "mean by class size", area: evaluation.roc.weighted)
        let heads = ["images", "precision", "recall", "F1", "ROC-AUC"].map {
            "<th scope=\"col\">\($0)</th>"
        }
        return """
            <div class="scroll"><table class="classes" id="classes"><thead><tr>\
            <th scope="col">class</th>\(heads.joined())</tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody>
            <tfoot>\(averages)</tfoot></table></div>
            """
    }

    private func row(
        _ row: ClassificationReport.Row, named name: String? = nil, area: Score
    ) -> String {
        let shares = [row.precision, row.recall, row.f1Score].map(share)
        return "<tr><th scope=\"row\">\(escaped(name ?? row.name))</th>"
            + "<td>\(NumberText.grouped(row.support))</td>\(shares.joined())"
            + "\(cell(area))</tr>"
    }

    private func share(_ value: Double) -> String {
        let width = fixedPoint(min(max(value, 0), 1) * 100, digits: 1)
        return "<td>\(fixedPoint(value, digits: 4))"
            + "<i class=\"bar\"><i style=\"width:\(width)%\"></i></i></td>"
    }

    /// An area has no bar: half of it would be chance.
    private func cell(_ score: Score) -> String {
        guard let value = score.value else {
            return "<td title=\"\(escaped(score.reason ?? ""))\">–</td>"
        }
        return "<td>\(fixedPoint(value, digits: 4))</td>"
    }
}

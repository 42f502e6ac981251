/// All figures of a report in one table, each with its interval as numbers and as a bar.
struct HTMLFigures {
    let evaluation: Evaluation

    /// The section's content.
    var html: String {
        let groups: [Figure.Group] = [.answers, .ranking, .probabilities]
        let tables = groups.map(table).joined(separator: "\n")
        let method = evaluation.intervalMethod.map { "<p class=\"note\">\(escaped($0))</p>" } ?? ""
        return "<div class=\"scroll\"><table class=\"all\">\(tables)</table></div>\(method)"
    }

    private func table(_ group: Figure.Group) -> String {
        let rows = evaluation.figures.filter { $0.figure.group == group }.map { item in
            row(item.figure, item.score, item.interval)
        }
        let share = fixedPoint(
            (evaluation.intervals?.bootstrap.confidence ?? 0.95) * 100, digits: 0)
        return """
            <thead><tr><th scope="col">\(group.rawValue)</th><th scope="col">value</th>\
            <th scope="col">\(share)\u{202F}% interval</th><th scope="col"></th>\
            <th scope="col"></th></tr></thead><tbody>\(rows.joined(separator: "\n"))</tbody>
            """
    }

    private func row(_ figure: Figure, _ score: Score, _ interval: Interval?) -> String {
        let value = score.value.map { fixedPoint($0, digits: 4) } ?? "–"
        return """
            <tr><th scope="row">\(figure.title)</th><td>\(value)</td>\
            <td class="range">\(NumberText.range(interval))</td><td>\(bar(interval))</td>\
            <td class="remark">\(escaped(evaluation.remark(figure)))</td></tr>
            """
    }

    /// The interval on an axis from 0 to 1; nothing for figures that go beyond.
    private func bar(_ interval: Interval?) -> String {
        guard let interval, interval.lower >= 0, interval.upper <= 1 else { return "" }
        let start = fixedPoint(interval.lower * 100, digits: 2)
        let width = fixedPoint((interval.upper - interval.lower) * 100, digits: 2)
        return "<i class=\"span\"><i style=\"left:\(start)%;width:\(width)%\"></i></i>"
    }
}

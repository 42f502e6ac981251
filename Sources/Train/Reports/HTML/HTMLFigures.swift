/// All figures of a report in one table, each with its interval as numbers and as a bar.
struct HTMLFigures {
    let evaluation: any ReportedEvaluation

    /// The section's content.
    var html: String {
        let groups = evaluation.figureGroups.filter(\.isOnPage)
        let tables = groups.map(table).joined(separator: "\n")
        let method = evaluation.intervalMethod.map { "<p class=\"note\">\(escaped($0))</p>" } ?? ""
        return "<div class=\"scroll\"><table class=\"all\">\(tables)</table></div>\(method)"
    }

    private func table(_ group: FigureGroup) -> String {
        let share = fixedPoint((evaluation.confidence ?? 0.95) * 100, digits: 0)
        return """
            <thead><tr><th scope="col">\(escaped(group.title))</th><th scope="col">value</th>\
            <th scope="col">\(share)\u{202F}% interval</th><th scope="col"></th>\
            <th scope="col"></th></tr></thead><tbody>\
            \(group.figures.map(row).joined(separator: "\n"))</tbody>
            """
    }

    private func row(_ figure: ReportFigure) -> String {
        let value = figure.score.value.map { fixedPoint($0, digits: 4) } ?? "–"
        return """
            <tr><th scope="row">\(escaped(figure.title))</th><td>\(value)</td>\
            <td class="range">\(NumberText.range(figure.interval))</td>\
            <td>\(bar(figure.interval))</td>\
            <td class="remark">\(escaped(figure.remark))</td></tr>
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

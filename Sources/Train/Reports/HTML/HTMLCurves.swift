/// The learning curves of a report: what was measured over the epochs.
struct HTMLCurves {
    let rows: [HistoryRow]
    let curves: [LearningCurve]

    /// The section's content; nil when nothing was recorded.
    var html: String? {
        let figures = curves.compactMap(figure)
        guard !figures.isEmpty else { return nil }
        return "<div class=\"panels\">\(figures.joined())</div>"
    }

    /// Epochs where each row ends one, steps where there are several rows within an epoch.
    private var usesEpochs: Bool {
        zip(rows, rows.dropFirst()).allSatisfy { $0.epoch < $1.epoch }
    }

    private var places: [Double] { rows.map { Double(usesEpochs ? $0.epoch : $0.step) } }

    private func values(_ column: String) -> [Double?] {
        rows.map { row in row.value(of: column).flatMap { $0.isFinite ? $0 : nil } }
    }

    private func figure(_ curve: LearningCurve) -> String? {
        let (title, kind) = (curve.title, curve.kind)
        let found = curve.lines.map { (line: $0, values: values($0.column)) }
            .filter { $0.values.contains { $0 != nil } }
        guard !found.isEmpty else { return nil }
        let y = AxisScale(
            covering: found.flatMap { $0.values.compactMap { $0 } } + (kind == .rate ? [0] : []),
            count: 5)
        let places = places
        let x = AxisScale(range: places[0]...places[places.count - 1], count: 6, minimumStep: 1)
        var legend = ""
        var marks: [LineChart.Mark] = []
        for (line, values) in found {
            guard let name = line.name else { continue }
            legend += "<li><i class=\"\(line.style)\"></i>\(name)"
            let isJudged = line.style == "valid"
            let known = values.compactMap { $0 }
            if isJudged, let value = kind == .loss ? known.min() : known.max(),
                let index = values.firstIndex(of: value)
            {
                let unit = usesEpochs ? "epoch" : "step"
                legend += " <span>best \(kind.text(value)) at \(unit) \(Int(places[index]))</span>"
                marks.append(LineChart.Mark(style: line.style, x: places[index], y: value))
            }
            legend += "</li>"
        }
        let chart = LineChart(
            description: description(title, found: found.map { ($0.line.name, $0.values) }),
            x: x, y: y, xTitle: usesEpochs ? "epoch" : "step",
            series: found.map { line, values in
                LineChart.Series(style: line.style, points: thinned(places, values))
            },
            marks: marks,
            yLabel: kind == .share
                ? { NumberText.percent($0, digits: y.step < 0.01 ? 1 : 0) } : nil)
        return """
            <figure><figcaption><b>\(title)</b><ul class="legend">\(legend)</ul></figcaption>\
            \(chart.svg)</figure>
            """
    }

    /// Curves of very long runs keep every n-th point and the last one.
    private func thinned(_ x: [Double], _ y: [Double?]) -> [(x: Double, y: Double?)] {
        let every = max(1, x.count / 800)
        return x.indices.filter { $0 % every == 0 || $0 == x.count - 1 }.map { (x[$0], y[$0]) }
    }

    private func description(_ title: String, found: [(name: String?, values: [Double?])]) -> String
    {
        let parts = found.map { name, values in
            let known = values.compactMap { $0 }
            let ends =
                "\(NumberText.short(known[0])) to \(NumberText.short(known[known.count - 1]))"
            return (name.map { "\($0) " } ?? "") + "from \(ends)"
        }
        return "\(title) over \(rows.count) \(usesEpochs ? "epochs" : "measurements"): "
            + parts.joined(separator: ", ")
    }
}

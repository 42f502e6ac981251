/// The ROC curves of a report: all classes faint, their mean bold, the three weakest in colour.
struct HTMLROC {
    let roc: ROCAreas
    let classNames: [String]

    /// Curves beyond this number would only be a grey band.
    private static let mostCurves = 100

    /// The section's content.
    var html: String {
        guard let headline = roc.headline.value else {
            let reason = escaped(roc.headline.reason ?? "")
            return "<p class=\"note\">The ROC area is not defined: \(reason).</p>"
        }
        let zoom = headline > 0.95 ? panel(0.2, title: "Upper left corner") : ""
        return
            "<div class=\"panels short\">\(panel(1, title: "All thresholds"))\(zoom)\(legend)</div>"
            + skipped
    }

    private var isBinary: Bool { roc.binary != nil }

    /// The defined classes, the smallest area first.
    private var ranked: [(index: Int, area: Double)] {
        roc.perClass.indices.compactMap { index in roc.perClass[index].value.map { (index, $0) } }
            .sorted { ($0.area, $0.index) < ($1.area, $1.index) }
    }

    private var highlighted: [(index: Int, style: String)] {
        if isBinary { return [] }
        return Array(zip(ranked.map(\.index), ["first", "second", "third"]))
            .map { (index: $0.0, style: $0.1) }
    }

    private func panel(_ extent: Double, title: String) -> String {
        var series: [LineChart.Series] = []
        let strong = highlighted
        if !isBinary {
            for item in ranked.reversed().suffix(Self.mostCurves)
            where !strong.contains(where: { $0.index == item.index }) {
                series.append(line(item.index, style: "faint", extent: extent))
            }
            for item in strong.reversed() {
                series.append(line(item.index, style: item.style, extent: extent))
            }
            series.append(LineChart.Series(style: "mean", points: meanCurve(extent: extent)))
        } else {
            series.append(line(1, style: "mean", extent: extent))
        }
        let chart = LineChart(
            description: "ROC curves, area \(fixedPoint(roc.headline.value ?? 0, digits: 4))",
            x: AxisScale(range: 0...extent, count: 5),
            y: AxisScale(range: 1 - extent...1, count: 5),
            xTitle: "false positive rate", yTitle: "true positive rate", series: series,
            hasDiagonal: true, height: 392)
        return "<figure><figcaption><b>\(title)</b></figcaption>\(chart.svg)</figure>"
    }

    /// A curve inside the panel [0, extent] × [1 − extent, 1], cut at its edges.
    private func line(_ index: Int, style: String, extent: Double) -> LineChart.Series {
        guard let curve = roc.curves[index] else {
            return LineChart.Series(style: style, points: [])
        }
        let points = Array(zip(curve.falsePositiveRates, curve.truePositiveRates))
        return LineChart.Series(style: style, points: clipped(points, extent: extent))
    }

    private func meanCurve(extent: Double) -> [(x: Double, y: Double?)] {
        let curves = roc.curves.compactMap { $0 }
        let grid = (0...200).map { Double($0) / 200 * extent }
        let points =
            [(0.0, 0.0)]
            + grid.map { x in
                (x, arithmeticMean(curves.map { $0.truePositiveRate(at: x) }))
            }
        return clipped(points, extent: extent)
    }

    private func clipped(_ points: [(Double, Double)], extent: Double) -> [(x: Double, y: Double?)]
    {
        let floor = 1 - extent
        var output: [(x: Double, y: Double?)] = []
        for (a, b) in zip(points, points.dropFirst()) where b.1 >= floor && a.0 <= extent {
            var (start, end) = (a, b)
            if start.1 < floor {
                let share = (floor - start.1) / (end.1 - start.1)
                start = (start.0 + share * (end.0 - start.0), floor)
            }
            guard start.0 <= extent else { continue }
            if end.0 > extent {
                let share = (extent - start.0) / (end.0 - start.0)
                end = (extent, start.1 + share * (end.1 - start.1))
            }
            if output.isEmpty { output.append((start.0, start.1)) }
            output.append((end.0, end.1))
        }
        return thinned(output)
    }

    /// Keeps points that are at least a fifth of a pixel apart.
    private func thinned(_ points: [(x: Double, y: Double?)]) -> [(x: Double, y: Double?)] {
        let nearest = (points.last?.x ?? 1) / 1500
        var kept: [(x: Double, y: Double?)] = []
        for (index, point) in points.enumerated() {
            if let last = kept.last, index + 1 < points.count, abs(point.x - last.x) < nearest,
                abs((point.y ?? 0) - (last.y ?? 0)) < nearest
            {
                continue
            }
            kept.append(point)
        }
        return kept
    }

    private var legend: String {
        var rows = ""
        func row(_ style: String, _ name: String, _ area: String) {
            rows +=
                "<tr><th scope=\"row\"><i class=\"\(style)\"></i>\(name)</th><td>\(area)</td></tr>"
        }
        func area(_ score: Score) -> String { score.value.map { fixedPoint($0, digits: 4) } ?? "–" }
        if isBinary {
            row("mean", "\(escaped(classNames[1])), as positive", area(roc.headline))
        } else {
            row("mean", "mean of the classes", area(roc.macro))
            row("", "mean by class size", area(roc.weighted))
            let strong = highlighted
            let shown = ranked.prefix(ranked.count <= 12 ? 12 : 8)
            for item in shown {
                let style = strong.first { $0.index == item.index }?.style ?? "faint"
                row(style, escaped(classNames[item.index]), area(.value(item.area)))
            }
            let rest = ranked.dropFirst(shown.count)
            if let lowest = rest.first?.area {
                let bound = "≥ " + fixedPoint(lowest, digits: 4)
                row("faint", "\(NumberText.grouped(rest.count)) further classes", bound)
            }
            row("chance", "chance", "0.5000")
        }
        let title = isBinary ? "Area under the curve" : "Area, each class against the rest"
        return
            "<table class=\"pairs roc\"><caption>\(title)</caption><tbody>\(rows)</tbody></table>"
    }

    private var skipped: String {
        guard !roc.skippedClasses.isEmpty else { return "" }
        let names = roc.skippedClasses.prefix(12).map { escaped(classNames[$0]) }.joined(
            separator: ", ")
        let more = roc.skippedClasses.count > 12 ? " and \(roc.skippedClasses.count - 12) more" : ""
        return "<p class=\"note\">Without an area and left out of the means: \(names)\(more).</p>"
    }
}

/// Which classes' curves a panel shows, and its legend: all classes faint, their mean bold, the three
/// weakest in colour; the rest is in the table of classes.
struct ClassCurves {
    let classNames: [String]
    /// The area of each class.
    let perClass: [Score]
    /// Whether only the curve of the second class is drawn, being the whole story of two classes.
    let isBinary: Bool

    /// Curves beyond this number would only be a grey band.
    private static let mostCurves = 100
    /// Legends with more classes name the weakest of them.
    private static let mostNames = 8

    /// The defined classes, the smallest area first.
    var ranked: [(index: Int, area: Double)] {
        perClass.indices.compactMap { index in perClass[index].value.map { (index, $0) } }
            .sorted { ($0.area, $0.index) < ($1.area, $1.index) }
    }

    /// The classes to draw and how, the most important last.
    var drawn: [(index: Int, style: String)] {
        if isBinary { return [(1, "mean")] }
        let ranked = ranked
        let strong = Array(zip(ranked.map(\.index), ["first", "second", "third"]))
        let faint = ranked.dropFirst(strong.count).reversed().suffix(Self.mostCurves)
        return faint.map { ($0.index, "faint") } + strong.reversed().map { ($0.0, $0.1) }
    }

    /// An average in the legend.
    typealias LegendRow = (style: String, name: String, score: Score, interval: Interval?)

    /// The table beside the curves: the averages, then the classes by their area.
    func legend(
        title: String,
        averages: [LegendRow],
        chance: String?
    ) -> String {
        var rows = averages.map { row($0.style, $0.name, $0.score, $0.interval) }.joined()
        if !isBinary {
            let ranked = ranked
            let shown = ranked.prefix(ranked.count <= 12 ? 12 : Self.mostNames)
            let styles = Dictionary(uniqueKeysWithValues: drawn.map { ($0.index, $0.style) })
            for item in shown {
                let style = styles[item.index] ?? "faint"
                rows += row(style, classNames[item.index], .value(item.area), nil)
            }
            let rest = ranked.dropFirst(shown.count)
            if let lowest = rest.first, let best = rest.last {
                let between = rest.count - 1
                if between > 0 {
                    rows += row(
                        "faint", "\(between) further classes", "≥ \(text(lowest.area))", nil)
                }
                rows += row("faint", "\(classNames[best.index]) (best)", .value(best.area), nil)
            }
        }
        if let chance { rows += row("chance", "chance", chance, nil) }
        return
            "<table class=\"pairs roc\"><caption>\(title)</caption><tbody>\(rows)</tbody></table>"
    }

    /// A sentence about the classes without a curve; empty without such.
    func note(skipped: [Int]) -> String {
        guard !skipped.isEmpty else { return "" }
        let names = skipped.prefix(12).map { escaped(classNames[$0]) }.joined(separator: ", ")
        let more = skipped.count > 12 ? " and \(skipped.count - 12) more" : ""
        return "<p class=\"note\">Without a curve and left out of the means: \(names)\(more).</p>"
    }

    private func row(
        _ style: String, _ name: String, _ score: Score, _ interval: Interval?
    ) -> String {
        row(style, name, score.value.map(text) ?? "–", interval)
    }

    private func row(
        _ style: String, _ name: String, _ value: String, _ interval: Interval?
    ) -> String {
        let range = interval.map { "<small>\(NumberText.range($0))</small>" } ?? ""
        return "<tr><th scope=\"row\"><i class=\"\(style)\"></i>\(escaped(name))</th>"
            + "<td>\(value)\(range)</td></tr>"
    }

    private func text(_ value: Double) -> String { fixedPoint(value, digits: 4) }
}

/// Keeps points that are at least a fifth of a pixel apart in a panel of `extent`.
func thinned(_ points: [(x: Double, y: Double?)], extent: Double) -> [(x: Double, y: Double?)] {
    let nearest = extent / 1500
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

extension Evaluation {
    /// The row of a figure in a legend.
    func legendRow(_ style: String, _ name: String, _ figure: Figure) -> ClassCurves.LegendRow {
        (style, name, score(figure), interval(figure))
    }
}

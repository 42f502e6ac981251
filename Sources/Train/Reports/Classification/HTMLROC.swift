/// The ROC curves of a report.
struct HTMLROC {
    let evaluation: Evaluation

    /// The section's content.
    var html: String {
        guard let headline = roc.headline.value else {
            let reason = escaped(roc.headline.reason ?? "")
            return "<p class=\"note\">The ROC area is not defined: \(reason).</p>"
        }
        let zoom = headline > 0.95 ? panel(0.2, title: "Upper left corner") : ""
        return
            "<div class=\"panels short\">\(panel(1, title: "All thresholds"))\(zoom)\(legend)</div>"
            + curves.note(skipped: roc.skippedClasses)
    }

    private var roc: ROCAreas { evaluation.roc }

    private var curves: ClassCurves {
        ClassCurves(
            classNames: evaluation.predictions.classNames, perClass: roc.perClass,
            isBinary: roc.binary != nil)
    }

    private func panel(_ extent: Double, title: String) -> String {
        var series = curves.drawn.map { line($0.index, style: $0.style, extent: extent) }
        if !curves.isBinary {
            series.append(LineChart.Series(style: "mean", points: meanCurve(extent: extent)))
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
        return thinned(output, extent: extent)
    }

    private var legend: String {
        if curves.isBinary {
            let name = "\(evaluation.predictions.classNames[1]), as positive"
            return curves.legend(
                title: "Area under the curve",
                averages: [evaluation.legendRow("mean", name, .rocBinary)],
                chance: "0.5000")
        }
        return curves.legend(
            title: "Area, each class against the rest",
            averages: [
                evaluation.legendRow("mean", "mean of the classes", .rocMacro),
                evaluation.legendRow("", "mean by class size", .rocWeighted),
                evaluation.legendRow("", "mean of the pairs of classes", .pairwiseMacro),
            ], chance: "0.5000")
    }
}

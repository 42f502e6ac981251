/// The precision–recall curves of a report.
struct HTMLPrecisionRecall {
    let evaluation: Evaluation

    /// The section's content.
    var html: String {
        guard areas.headline.value != nil else {
            let reason = escaped(areas.headline.reason ?? "")
            return "<p class=\"note\">The average precision is not defined: \(reason).</p>"
        }
        return "<div class=\"panels short\">\(panel)\(legend)</div>"
            + curves.note(skipped: areas.skippedClasses)
    }

    private var areas: AveragePrecision { evaluation.averagePrecision }

    private var curves: ClassCurves {
        ClassCurves(
            classNames: evaluation.predictions.classNames, perClass: areas.perClass,
            isBinary: areas.binary != nil)
    }

    private var panel: String {
        var series = curves.drawn.map { item in
            LineChart.Series(
                style: item.style, points: areas.curves[item.index].map(steps) ?? [])
        }
        if !curves.isBinary { series.append(LineChart.Series(style: "mean", points: meanCurve)) }
        if let prevalence {
            series.insert(
                LineChart.Series(style: "chance", points: [(0, prevalence), (1, prevalence)]), at: 0
            )
        }
        let value = fixedPoint(areas.headline.value ?? 0, digits: 4)
        let chart = LineChart(
            description: "Precision–recall curves, average precision \(value)",
            x: AxisScale(range: 0...1, count: 5), y: AxisScale(range: 0...1, count: 5),
            xTitle: "recall", yTitle: "precision", series: series, height: 392)
        return "<figure><figcaption><b>All thresholds</b></figcaption>\(chart.svg)</figure>"
    }

    /// What chance would give: with two classes, the share of the positives.
    private var prevalence: Double? {
        guard curves.isBinary else { return nil }
        return Double(evaluation.classification.classes[1].support)
            / Double(evaluation.predictions.sampleCount)
    }

    /// The steps whose area the average precision is.
    private func steps(_ curve: PrecisionRecallCurve) -> [(x: Double, y: Double?)] {
        var points: [(x: Double, y: Double?)] = []
        var last = 0.0
        for (recall, precision) in zip(curve.recalls, curve.precisions) where recall > last {
            points.append((last, precision))
            points.append((recall, precision))
            last = recall
        }
        return thinned(points, extent: 1)
    }

    private var meanCurve: [(x: Double, y: Double?)] {
        let curves = areas.curves.compactMap { $0 }
        return (1...200).map { Double($0) / 200 }.map { recall in
            (recall, arithmeticMean(curves.map { $0.precision(at: recall) }))
        }
    }

    private var legend: String {
        if curves.isBinary {
            let name = "\(evaluation.predictions.classNames[1]), as positive"
            return curves.legend(
                title: "Average precision",
                averages: [evaluation.legendRow("mean", name, .precisionBinary)],
                chance: prevalence.map { fixedPoint($0, digits: 4) })
        }
        return curves.legend(
            title: "Average precision, each class against the rest",
            averages: [
                evaluation.legendRow("mean", "mean of the classes", .precisionMacro),
                evaluation.legendRow("", "mean by class size", .precisionWeighted),
                evaluation.legendRow("", "over all images and classes", .precisionMicro),
            ], chance: nil)
    }
}

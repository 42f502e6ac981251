/// Whether the probabilities can be taken at their word: reliability diagrams before and after the
/// fitted temperature, and the figures of both.
struct HTMLCalibration {
    let evaluation: Evaluation

    /// The section's content.
    var html: String {
        guard let reliability = evaluation.calibration.reliability else {
            let reason = escaped(evaluation.logLoss.reason ?? "")
            return "<p class=\"note\">The calibration is not defined: \(reason).</p>"
        }
        var panels = diagram(reliability, title: "As trained")
        if let scaled = evaluation.calibration.scaled?.reliability,
            let temperature = evaluation.calibration.temperature.value
        {
            let value = fixedPoint(temperature, digits: 2)
            panels += diagram(scaled, title: "With temperature \(value)")
        }
        return "<p>\(escaped(verdict))</p><div class=\"panels short\">\(panels)\(table)</div>"
    }

    private var verdict: String {
        let calibration = evaluation.calibration
        guard let temperature = calibration.temperature.value else {
            return "No temperature was fitted: \(calibration.temperature.reason ?? "")."
        }
        let judgement =
            switch temperature {
            case ..<0.95: "The model is less sure than it could be"
            case ...1.05: "The model is about as sure as it should be"
            default: "The model is too sure of itself"
            }
        let value = fixedPoint(temperature, digits: 4)
        return "\(judgement): the temperature is \(value), \(evaluation.temperatureSource)."
    }

    /// Accuracy over confidence, with the distance from the diagonal, and how many images each bin has.
    private func diagram(_ reliability: Reliability, title: String) -> String {
        var bars: [LineChart.Bar] = []
        for bin in reliability.bins {
            guard let accuracy = bin.accuracy, let confidence = bin.confidence else { continue }
            let range = bin.range
            bars.append(LineChart.Bar(style: "fill", x: range, y: 0...accuracy))
            let gap = min(accuracy, confidence)...max(accuracy, confidence)
            bars.append(LineChart.Bar(style: "gap", x: range, y: gap))
        }
        let error = fixedPoint(reliability.errors.expected, digits: 4)
        let axis = AxisScale(range: 0...1, count: 5)
        let chart = LineChart(
            description: "\(title): accuracy by confidence, expected calibration error \(error)",
            x: axis, y: axis, xTitle: "confidence", yTitle: "accuracy", series: [], bars: bars,
            hasDiagonal: true, height: 360)
        return """
            <figure><figcaption><b>\(title)</b><ul class="legend"><li><i class="fill"></i>accuracy\
            </li><li><i class="gap"></i>distance from the confidence</li></ul></figcaption>\
            \(chart.svg)\(histogram(reliability))</figure>
            """
    }

    private func histogram(_ reliability: Reliability) -> String {
        let all = Double(evaluation.predictions.sampleCount)
        let shares = reliability.bins.map { Double($0.count) / all }
        let bars = zip(reliability.bins, shares).map { bin, share in
            LineChart.Bar(style: "count", x: bin.range, y: 0...share)
        }
        let chart = LineChart(
            description: "Share of the images by confidence",
            x: AxisScale(range: 0...1, count: 5),
            y: AxisScale(covering: [0] + shares, count: 2), xTitle: "confidence",
            yTitle: "images", series: [], bars: bars,
            yLabel: { NumberText.percent($0, digits: 0) }, height: 130)
        return chart.svg
    }

    private var table: String {
        let hasScaled = evaluation.calibration.scaled != nil
        let figures: [Figure] = [
            .expectedError, .adaptiveError, .maximumError, .logLoss, .brierScore,
        ]
        let rows = figures.map { figure in
            let after = hasScaled ? figure.scaled.map(cell) ?? "" : ""
            return "<tr><th scope=\"row\">\(figure.title)</th>\(cell(figure))\(after)</tr>"
        }
        let second = hasScaled ? "<th scope=\"col\">with temperature</th>" : ""
        return """
            <table class="pairs"><caption>Calibration</caption><thead><tr><th scope="col"></th>\
            <th scope="col">as trained</th>\(second)</tr></thead><tbody>\(rows.joined())</tbody></table>
            """
    }

    private func cell(_ figure: Figure) -> String {
        let value = evaluation.score(figure).value.map { fixedPoint($0, digits: 4) } ?? "–"
        let range = evaluation.interval(figure).map { "<small>\(NumberText.range($0))</small>" }
        return "<td>\(value)\(range ?? "")</td>"
    }
}

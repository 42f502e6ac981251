/// How the mean IoU of the single images is distributed.
struct HTMLImageScores {
    let evaluation: SegmentationEvaluation

    private static let binCount = 40

    /// The section's content; nil without images.
    var html: String? {
        let panels = evaluation.rules.compactMap(panel)
        guard !panels.isEmpty else { return nil }
        return "<div class=\"panels short\">\(panels.joined())\(worst)</div>"
    }

    private func panel(_ rule: BorderRule) -> String? {
        let scores = evaluation.imageIoU(rule).compactMap { $0 }
        guard !scores.isEmpty else { return nil }
        var counts = [Int](repeating: 0, count: Self.binCount)
        for score in scores {
            counts[min(Int(score * Double(Self.binCount)), Self.binCount - 1)] += 1
        }
        let width = 1 / Double(Self.binCount)
        let bars = counts.enumerated().filter { $1 > 0 }.map { bin, count in
            LineChart.Bar(
                style: "fill", x: Double(bin) * width...Double(bin + 1) * width,
                y: 0...Double(count))
        }
        let quartiles = evaluation.imageQuantiles([0.05, 0.25, 0.5, 0.75], rule).map {
            $0.map { NumberText.percent($0, digits: 1) } ?? "–"
        }
        let title =
            rule == .counted ? "Mean IoU" : "Mean IoU without “\(escaped(evaluation.borderName))”"
        let sentence =
            "median \(quartiles[2]), half of the images from \(quartiles[1]) to \(quartiles[3]), "
            + "one in twenty below \(quartiles[0])"
        let chart = LineChart(
            description: "Images by their mean IoU: \(sentence)",
            x: AxisScale(range: 0...1, count: 5),
            y: AxisScale(covering: [0, Double(counts.max() ?? 0)], count: 4),
            xTitle: "mean IoU of an image", yTitle: "images", series: [], bars: bars)
        return """
            <figure><figcaption><b>\(title)</b><p class="small">\(sentence)</p></figcaption>\
            \(chart.svg)</figure>
            """
    }

    private var worst: String {
        let scores = evaluation.imageIoU()
        let rows = evaluation.ranking.prefix(SegmentationEvaluation.worstCount).map { sample in
            let name = escaped(evaluation.predictions.samples[sample].name)
            let value = NumberText.percent(scores[sample] ?? 0, digits: 1)
            return "<tr><th scope=\"row\">\(name)</th><td>\(value)</td></tr>"
        }
        return """
            <table class="pairs"><caption>Worst images</caption><thead><tr><th scope="col">image\
            </th><th scope="col">mean IoU</th></tr></thead><tbody>\(rows.joined())</tbody></table>
            """
    }
}

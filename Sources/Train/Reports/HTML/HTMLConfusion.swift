/// The confusion matrix of a report as a heat map, and the most frequent mistakes as a table.
struct HTMLConfusion {
    /// What is counted.
    enum Unit: String {
        /// Cells show how many.
        case samples
        /// So many that cells show shares of the true class.
        case pixels
    }

    let matrix: ConfusionMatrix
    let classNames: [String]
    var unit = Unit.samples

    /// Larger matrices are left to `confusion_matrix.csv`.
    private static let largestMap = 120

    /// The section's content.
    var html: String {
        let map =
            matrix.classCount <= Self.largestMap
            ? "<figure class=\"map\"><div class=\"scroll\">\(svg)</div>\(scale)</figure>"
            : "<p class=\"note\">\(matrix.classCount) classes are too many to draw; see "
                + "<code>\(RunFile.confusionMatrix)</code>.</p>"
        return "<div class=\"split\">\(map)\(pairs)</div>"
    }

    private var cell: Double {
        switch matrix.classCount {
        case ...4: 72
        case ...12: 46
        case ...20: 34
        case ...40: 23
        default: 9
        }
    }

    private var showsCounts: Bool { matrix.classCount <= 40 }
    private var labels: [String] { classNames.map { shortened($0, to: 22) } }
    private var labelSize: Double { showsCounts ? min(12, cell * 0.52) : 8 }

    /// The largest share that one class loses to another; the scale of the mistakes.
    private var worstRate: Double {
        matrix.topConfusions(limit: .max).map(\.rate).max() ?? 1
    }

    private var svg: String {
        let longest = Double(labels.map(\.count).max() ?? 0) * labelSize * 0.6
        let left = longest + 34
        let above = longest * 0.77 + 40
        let side = cell * Double(matrix.classCount)
        // The last slanted label leans out to the right.
        let width = left + side + max(8, longest * 0.64 - cell / 2)
        let height = above + side + 2
        var body = axisTitles(left: left, above: above, side: side)
        body += names(left: left, above: above) + cells(left: left, above: above)
        let smallest = matrix.classCount > 12 ? min(width, 720) : min(width, 380)
        return """
            <svg class="heat" width="\(pixels(width))" viewBox="0 0 \(pixels(width)) \
            \(pixels(height))" style="min-width:\(pixels(smallest))px" role="img" \
            aria-label="\(escaped(description))">\(body)</svg>
            """
    }

    private var description: String {
        "Confusion matrix of \(matrix.classCount) classes: \(matrix.correctCount) of "
            + "\(matrix.sampleCount) \(unit.rawValue) lie on the diagonal"
    }

    private func axisTitles(left: Double, above: Double, side: Double) -> String {
        let middle = pixels(above + side / 2)
        return "<text class=\"tick\" x=\"\(pixels(left + side / 2))\" y=\"12\" "
            + "text-anchor=\"middle\">predicted class</text>"
            + "<text class=\"tick\" transform=\"translate(12 \(middle)) rotate(-90)\" "
            + "text-anchor=\"middle\">true class</text>"
    }

    private func names(left: Double, above: Double) -> String {
        var output = "<g class=\"name\" font-size=\"\(pixels(labelSize))\">"
        for (index, label) in labels.enumerated() {
            let centre = (Double(index) + 0.5) * cell
            output +=
                "<text x=\"\(pixels(left - 7))\" y=\"\(pixels(above + centre))\" dy=\".35em\" "
            output += "text-anchor=\"end\">\(escaped(label))</text>"
            let x = pixels(left + centre + labelSize * 0.2)
            output += "<text transform=\"translate(\(x) \(pixels(above - 7))) rotate(-50)\">"
            output += "\(escaped(label))</text>"
        }
        return output + "</g>"
    }

    private func cells(left: Double, above: Double) -> String {
        let totals = matrix.labelCounts
        let worst = worstRate
        let size = pixels(cell - (showsCounts ? 1.5 : 0.5))
        var output = "<g font-size=\"\(pixels(min(13, cell * 0.42)))\">"
        for label in 0..<matrix.classCount {
            for predicted in 0..<matrix.classCount {
                let x = left + Double(predicted) * cell
                let y = above + Double(label) * cell
                let count = matrix[label, predicted]
                let rect =
                    "x=\"\(pixels(x))\" y=\"\(pixels(y))\" width=\"\(size)\" height=\"\(size)\""
                guard count > 0 else {
                    if showsCounts { output += "<rect class=\"none\" \(rect)/>" }
                    continue
                }
                let rate = Double(count) / Double(totals[label])
                let isHit = label == predicted
                let strength = isHit ? rate : 0.03 + 0.82 * rate / worst
                output += "<rect class=\"\(isHit ? "hit" : "miss")\" \(rect) "
                output += "fill-opacity=\"\(fixedPoint(strength, digits: 2))\">"
                output += "<title>\(title(label, predicted, count, rate))</title></rect>"
                guard showsCounts else { continue }
                let style = textStyle(strength: strength, isHit: isHit, rate: rate)
                let half = (cell - 1.5) / 2
                output += "<text class=\"\(style)\" x=\"\(pixels(x + half))\" "
                output += "y=\"\(pixels(y + half))\" dy=\".35em\">\(text(count, rate))</text>"
            }
        }
        return output + "</g>"
    }

    private func text(_ count: Int, _ rate: Double) -> String {
        switch unit {
        case .samples: String(count)
        case .pixels: fixedPoint(rate * 100, digits: matrix.classCount > 20 ? 0 : 1)
        }
    }

    /// The text colour that stands out best from a cell, in light and in dark: measured contrasts
    /// of the two inks against the mixed cell colours cross at these strengths.
    private func textStyle(strength: Double, isHit: Bool, rate: Double) -> String {
        if isHit, strength > 0.8 { return "strong" }
        if strength > 0.6 { return "medium" }
        return rate < 0.02 ? "few" : "weak"
    }

    private func title(_ label: Int, _ predicted: Int, _ count: Int, _ rate: Double) -> String {
        let names = "\(escaped(classNames[label])) → \(escaped(classNames[predicted]))"
        return "\(names): \(count) (\(NumberText.percent(rate, digits: 1)))"
    }

    private var scale: String {
        let worst = matrix.correctCount < matrix.sampleCount ? worstRate : 0
        return """
            <figcaption class="scale"><span><i class="ramp hit"></i>correct, 0 to 100\u{202F}% of \
            the true class</span><span><i class="ramp miss"></i>mistaken, 0 to \
            \(NumberText.percent(worst, digits: 1))</span></figcaption>
            """
    }

    private var pairs: String {
        let top = matrix.topConfusions(limit: 10)
        guard !top.isEmpty else { return "<p class=\"note\">Not a single mistake.</p>" }
        let rows = top.map { confusion in
            """
            <tr><th scope="row">\(escaped(classNames[confusion.label])) \
            <span class="arrow">→</span> \(escaped(classNames[confusion.predicted]))</th>\
            <td>\(NumberText.grouped(confusion.count))</td><td>\(NumberText.percent(confusion.rate, digits: 1))</td></tr>
            """
        }
        return """
            <table class="pairs"><caption>Most confused</caption><thead><tr>\
            <th scope="col">true <span class="arrow">→</span> predicted</th>\
            <th scope="col">\(unit == .pixels ? "pixels" : "count")</th><th scope="col">of the class</th></tr></thead><tbody>\(rows.joined())</tbody></table>
            """
    }
}

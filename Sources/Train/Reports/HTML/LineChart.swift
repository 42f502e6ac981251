/// A line chart as inline SVG. Colours and type come from the page's style by class names, so that
/// it follows light and dark.
struct LineChart {
    /// A line; a value that is missing or not finite interrupts it.
    struct Series {
        var style: String
        var points: [(x: Double, y: Double?)]
    }

    /// A rectangle between two values of each axis.
    struct Bar {
        var style: String
        var x: ClosedRange<Double>
        var y: ClosedRange<Double>
    }

    /// A point to mark with a ring.
    struct Mark {
        var style: String
        var x: Double
        var y: Double
    }

    var description: String
    var x: AxisScale
    var y: AxisScale
    var xTitle: String
    var yTitle: String?
    var series: [Series]
    var bars: [Bar] = []
    var marks: [Mark] = []
    var hasDiagonal = false
    var xLabel: ((Double) -> String)?
    var yLabel: ((Double) -> String)?
    var width = 400.0
    var height = 250.0

    private var left: Double { yTitle == nil ? 46 : 58 }
    private var right: Double { width - 12 }
    private var top: Double { 10 }
    private var bottom: Double { height - 40 }

    /// The chart as an `svg` element.
    var svg: String {
        var body = grid + bars.map(rectangle).joined()
        if hasDiagonal { body += diagonal }
        for line in series { body += path(line) }
        for mark in marks {
            body += "<circle class=\"mark \(mark.style)\" cx=\"\(px(mark.x))\" "
            body += "cy=\"\(py(mark.y))\" r=\"4\"/>"
        }
        return """
            <svg class="chart" viewBox="0 0 \(pixels(width)) \(pixels(height))" role="img" \
            aria-label="\(escaped(description))">\(body)</svg>
            """
    }

    private var grid: String {
        var output = ""
        for tick in y.ticks {
            let place = py(tick)
            output += "<path class=\"grid\" d=\"M\(pixels(left)) \(place)H\(pixels(right))\"/>"
            output += "<text class=\"tick\" x=\"\(pixels(left - 7))\" y=\"\(place)\" dy=\".34em\" "
            output += "text-anchor=\"end\">\(escaped((yLabel ?? y.label)(tick)))</text>"
        }
        output += "<path class=\"axis\" d=\"M\(pixels(left)) \(pixels(bottom))H\(pixels(right))\"/>"
        for tick in x.ticks {
            let place = px(tick)
            output += "<path class=\"axis\" d=\"M\(place) \(pixels(bottom))v4\"/>"
            output += "<text class=\"tick\" x=\"\(place)\" y=\"\(pixels(bottom + 17))\" "
            output += "text-anchor=\"middle\">\(escaped((xLabel ?? x.label)(tick)))</text>"
        }
        let middle = pixels((left + right) / 2)
        output += "<text class=\"tick\" x=\"\(middle)\" y=\"\(pixels(height - 6))\" "
        output += "text-anchor=\"middle\">\(escaped(xTitle))</text>"
        if let yTitle {
            let centre = pixels((top + bottom) / 2)
            output += "<text class=\"tick\" transform=\"translate(12 \(centre)) rotate(-90)\" "
            output += "text-anchor=\"middle\">\(escaped(yTitle))</text>"
        }
        return output
    }

    /// Chance level, the line y = x, cut to the panel.
    private var diagonal: String {
        let low = max(x.range.lowerBound, y.range.lowerBound)
        let high = min(x.range.upperBound, y.range.upperBound)
        guard low < high else { return "" }
        return "<path class=\"chance\" d=\"M\(px(low)) \(py(low))L\(px(high)) \(py(high))\"/>"
    }

    /// A hair's breadth stays free between neighbours.
    private func rectangle(_ bar: Bar) -> String {
        let left = x.position(bar.x.lowerBound, from: left, to: right)
        let width = x.position(bar.x.upperBound, from: self.left, to: right) - left
        let upper = y.position(bar.y.upperBound, from: bottom, to: top)
        let height = y.position(bar.y.lowerBound, from: bottom, to: top) - upper
        return "<rect class=\"\(bar.style)\" x=\"\(pixels(left + 0.5))\" y=\"\(pixels(upper))\" "
            + "width=\"\(pixels(max(0, width - 1)))\" height=\"\(pixels(height))\"/>"
    }

    private func path(_ line: Series) -> String {
        var commands = ""
        var dots = ""
        var run: [(x: Double, y: Double)] = []
        func finish() {
            if run.count == 1 {
                dots += "<circle class=\"dot \(line.style)\" cx=\"\(px(run[0].x))\" "
                dots += "cy=\"\(py(run[0].y))\" r=\"2.5\"/>"
            } else {
                for (index, point) in run.enumerated() {
                    commands += "\(index == 0 ? "M" : "L")\(px(point.x)) \(py(point.y))"
                }
            }
            run = []
        }
        for point in line.points {
            if let y = point.y, y.isFinite { run.append((point.x, y)) } else { finish() }
        }
        finish()
        let stroke =
            commands.isEmpty ? "" : "<path class=\"line \(line.style)\" d=\"\(commands)\"/>"
        return stroke + dots
    }

    private func px(_ value: Double) -> String { pixels(x.position(value, from: left, to: right)) }
    private func py(_ value: Double) -> String { pixels(y.position(value, from: bottom, to: top)) }
}

/// A length in an SVG: one decimal, none where it is 0.
func pixels(_ value: Double) -> String {
    let text = fixedPoint(value, digits: 1)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}

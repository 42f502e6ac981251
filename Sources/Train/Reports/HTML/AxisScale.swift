import Glibc

/// A linear axis: round tick values over a range of data, and their places in pixels.
struct AxisScale {
    /// The ends of the axis.
    let range: ClosedRange<Double>
    /// The values that are marked, all inside `range`.
    let ticks: [Double]
    /// The distance between ticks.
    let step: Double

    /// Covers `range` exactly, with about `count` round ticks inside; `minimumStep` 1 keeps whole
    /// numbers whole.
    init(range: ClosedRange<Double>, count: Int, minimumStep: Double = 0) {
        var range = range
        if range.upperBound <= range.lowerBound {
            let margin = max(abs(range.lowerBound) * 0.1, minimumStep, 1e-9)
            range = range.lowerBound - margin...range.lowerBound + margin
        }
        let step = max(
            Self.roundStep((range.upperBound - range.lowerBound) / Double(count)), minimumStep)
        let tolerance = step * 1e-6
        let first = ((range.lowerBound - tolerance) / step).rounded(.up)
        let last = ((range.upperBound + tolerance) / step).rounded(.down)
        self.range = range
        self.step = step
        ticks = first <= last ? (0...Int(last - first)).map { (first + Double($0)) * step } : []
    }

    /// Covers `values` and goes on to the next ticks, so that the axis begins and ends on one.
    init(covering values: [Double], count: Int) {
        let low = values.min() ?? 0
        let high = values.max() ?? 1
        let inner = AxisScale(range: low...max(high, low), count: count)
        let bottom = (inner.range.lowerBound / inner.step + 1e-6).rounded(.down) * inner.step
        let top = (inner.range.upperBound / inner.step - 1e-6).rounded(.up) * inner.step
        self.init(range: bottom...top, count: Int(((top - bottom) / inner.step).rounded()))
    }

    /// The place of `value` between `start` and `end` pixels.
    func position(_ value: Double, from start: Double, to end: Double) -> Double {
        start + (value - range.lowerBound) / (range.upperBound - range.lowerBound) * (end - start)
    }

    /// `value` with as many decimals as the ticks need.
    func label(_ value: Double) -> String {
        if abs(value) < step * 1e-6 { return "0" }
        if step < 0.001 { return NumberText.scientific(value) }
        var digits = 0
        var scaled = step
        while digits < 6, abs(scaled - scaled.rounded()) > 1e-6 * scaled {
            digits += 1
            scaled *= 10
        }
        return fixedPoint(value, digits: digits)
    }

    /// 1, 2, 2.5 or 5 times a power of ten, at least `rough`.
    private static func roundStep(_ rough: Double) -> Double {
        let power = pow(10, floor(log10(rough)))
        let factor = [1, 2, 2.5, 5].first { $0 * power >= rough * (1 - 1e-9) } ?? 10
        return factor * power
    }
}

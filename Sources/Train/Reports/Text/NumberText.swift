/// How reports write numbers for people.
enum NumberText {
    /// `94.12 %`, with a narrow space that does not break.
    static func percent(_ share: Double, digits: Int = 2) -> String {
        fixedPoint(share * 100, digits: digits) + "\u{202F}%"
    }

    /// `10,000`.
    static func grouped(_ count: Int) -> String {
        var text = ""
        for (index, digit) in String(count.magnitude).reversed().enumerated() {
            if index > 0, index % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (count < 0 ? "-" : "") + String(text.reversed())
    }

    /// `1 image`, `2 images`.
    static func counted(_ count: Int, _ singular: String, _ plural: String) -> String {
        "\(grouped(count)) \(count == 1 ? singular : plural)"
    }

    /// `42 s`, `3 min 20 s`, `1 h 05 min`, `2 d 3 h`.
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return "unknown" }
        if seconds < 10 { return fixedPoint(seconds, digits: 1) + " s" }
        let whole = Int(seconds.rounded())
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min \(two(whole % 60)) s" }
        if whole < 86400 { return "\(whole / 3600) h \(two(whole / 60 % 60)) min" }
        return "\(whole / 86400) d \(whole / 3600 % 24) h"
    }

    /// `1.2 GiB`, `300 MiB`.
    static func bytes(_ count: Int) -> String {
        let units = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")]
        guard let (size, unit) = units.first(where: { count >= $0.0 }) else { return "\(count) B" }
        let scaled = Double(count) / Double(size)
        return fixedPoint(scaled, digits: scaled < 10 ? 1 : 0) + " " + unit
    }

    /// Four significant digits or so: `0.2134`, `12.35`, `0.00012`.
    static func short(_ value: Double) -> String {
        guard value.isFinite else { return fixedPoint(value, digits: 0) }
        switch abs(value) {
        case 0: return "0"
        case ..<0.001: return scientific(value)
        case ..<10: return fixedPoint(value, digits: 4)
        case ..<100: return fixedPoint(value, digits: 2)
        default: return fixedPoint(value, digits: 1)
        }
    }

    /// `2.5e-4`, as in a configuration file.
    static func scientific(_ value: Double) -> String {
        guard value != 0, value.isFinite else { return "0" }
        var exponent = 0
        var mantissa = abs(value)
        while mantissa >= 9.995 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
        while mantissa < 0.9995 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
        var digits = fixedPoint(mantissa, digits: 2)
        while digits.hasSuffix("0") { digits.removeLast() }
        if digits.hasSuffix(".") { digits.removeLast() }
        return (value < 0 ? "-" : "") + digits + "e\(exponent)"
    }

    /// `[0.9365, 0.9458]`.
    static func interval(_ interval: Interval?) -> String {
        guard let interval else { return "" }
        return
            "[\(fixedPoint(interval.lower, digits: 4)), \(fixedPoint(interval.upper, digits: 4))]"
    }

    /// `0.9365–0.9458`, for small print below a value.
    static func range(_ interval: Interval?, digits: Int = 4) -> String {
        guard let interval else { return "" }
        return fixedPoint(interval.lower, digits: digits) + "–"
            + fixedPoint(interval.upper, digits: digits)
    }
}

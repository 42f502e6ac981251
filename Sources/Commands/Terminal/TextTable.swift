/// A table for terminals: columns as wide as their longest cell.
struct TextTable {
    /// How a column's cells lie in it.
    enum Alignment {
        case left, right
    }

    private var rows: [[String]]
    private let alignments: [Alignment]

    init(_ columns: [(title: String, alignment: Alignment)]) {
        rows = [columns.map(\.title)]
        alignments = columns.map(\.alignment)
    }

    mutating func add(_ cells: [String]) { rows.append(cells) }

    /// The lines, the titles first.
    var text: String {
        let widths = alignments.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = row.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - row[column].count)
                return alignments[column] == .left ? row[column] + padding : padding + row[column]
            }
            var line = cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }
}

/// Numbers for people.
enum Format {
    /// `1,234,567`.
    static func count(_ value: Int) -> String {
        let digits = Array(String(abs(value)))
        var text = ""
        for (position, digit) in digits.enumerated() {
            if position > 0, (digits.count - position) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return value < 0 ? "-" + text : text
    }

    /// `0.1234` with a fixed number of decimals.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite else { return "\(value)" }
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (abs(value) * scale).rounded()
        guard scaled < 1e18 else { return "\(value)" }
        let digits = String(Int(scaled))
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        let sign = value < 0 && scaled != 0 ? "-" : ""
        guard decimals > 0 else { return sign + padded }
        return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }

    /// `91.23 %`.
    static func percent(_ fraction: Double) -> String { fixed(100 * fraction, 2) + " %" }

    /// `1 h 05 min`, `3 min 20 s`, `12 s`.
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "–" }
        let total = Int(seconds.rounded())
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        if total >= 3600 { return "\(total / 3600) h \(two(total % 3600 / 60)) min" }
        if total >= 60 { return "\(total / 60) min \(two(total % 60)) s" }
        return "\(total) s"
    }

    /// `2.78 M`, `11.2 M`, `350 K`.
    static func magnitude(_ value: Int) -> String {
        let units = [(1_000_000_000, "G"), (1_000_000, "M"), (1_000, "K")]
        guard let (size, unit) = units.first(where: { value >= $0.0 }) else { return "\(value)" }
        let scaled = Double(value) / Double(size)
        return fixed(scaled, scaled < 10 ? 2 : scaled < 100 ? 1 : 0) + " " + unit
    }

    /// `1.25 GiB`, `300 MiB`.
    static func bytes(_ value: Int) -> String {
        let units = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")]
        guard let (size, unit) = units.first(where: { value >= $0.0 }) else { return "\(value) B" }
        let scaled = Double(value) / Double(size)
        return fixed(scaled, scaled < 10 ? 2 : scaled < 100 ? 1 : 0) + " " + unit
    }
}

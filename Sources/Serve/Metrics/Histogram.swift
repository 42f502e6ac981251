/// Counts of observations below fixed bounds, as Prometheus histograms are.
struct Histogram: Sendable {
    /// Bounds in seconds for what takes from half a millisecond to half a minute.
    static let secondsBounds: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
    ]
    /// Bounds for the number of images in a forward pass.
    static let batchBounds: [Double] = [1, 2, 4, 8, 16, 32, 64, 128]

    let bounds: [Double]
    private(set) var counts: [Int]
    private(set) var count = 0
    private(set) var sum = 0.0

    init(bounds: [Double]) {
        self.bounds = bounds
        counts = [Int](repeating: 0, count: bounds.count)
    }

    mutating func observe(_ value: Double) {
        count += 1
        sum += value
        if let bucket = bounds.firstIndex(where: { value <= $0 }) { counts[bucket] += 1 }
    }
}

/// Writes the Prometheus text exposition format, version 0.0.4.
struct MetricsText {
    typealias Labels = [(name: String, value: String)]

    private(set) var text = ""

    /// Starts a family; its samples follow.
    mutating func family(_ name: String, type: String, help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    mutating func sample(_ name: String, _ labels: Labels = [], _ value: Double) {
        text += name + MetricsText.braced(labels) + " \(MetricsText.number(value))\n"
    }

    mutating func histogram(_ name: String, _ labels: Labels, _ histogram: Histogram) {
        var cumulative = 0
        for (bound, count) in zip(histogram.bounds, histogram.counts) {
            cumulative += count
            let bucket = labels + [("le", MetricsText.number(bound))]
            sample("\(name)_bucket", bucket, Double(cumulative))
        }
        sample("\(name)_bucket", labels + [("le", "+Inf")], Double(histogram.count))
        sample("\(name)_sum", labels, histogram.sum)
        sample("\(name)_count", labels, Double(histogram.count))
    }

    private static func braced(_ labels: Labels) -> String {
        guard !labels.isEmpty else { return "" }
        return "{" + labels.map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: ",")
            + "}"
    }

    private static func escaped(_ value: String) -> String {
        var result = ""
        for character in value {
            switch character {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.append(character)
            }
        }
        return result
    }

    private static func number(_ value: Double) -> String {
        if let integer = Int(exactly: value) { return String(integer) }
        return "\(value)"
    }
}

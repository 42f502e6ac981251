/// The times of the steps of a benchmark, and what follows from them.
struct BenchTiming {
    private let milliseconds: [Double]
    private let rates: [Double]

    /// - Parameter seconds: For each step its time and its pictures.
    init(seconds: [(Double, Int)]) {
        milliseconds = seconds.map { $0.0 * 1000 }.sorted()
        rates = seconds.map { Double($0.1) / max($0.0, 1e-9) }.sorted()
    }

    /// Pictures a second: the median.
    var median: Double { quantile(0.5, of: rates) }
    /// The slowest and the fastest step.
    var spread: [Double] { [rates[0], rates[rates.count - 1]] }

    /// A quantile of the steps' milliseconds.
    func milliseconds(_ quantile: Double) -> Double { self.quantile(quantile, of: milliseconds) }

    /// The quantile by linear interpolation between neighbours, as NumPy takes it.
    private func quantile(_ q: Double, of sorted: [Double]) -> Double {
        let position = q * Double(sorted.count - 1)
        let lower = Int(position)
        let upper = min(lower + 1, sorted.count - 1)
        return sorted[lower] + (sorted[upper] - sorted[lower]) * (position - Double(lower))
    }
}

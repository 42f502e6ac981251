import Support

/// Measures time that only moves forward.
final class Stopwatch {
    private var lastLap: Double

    init() { lastLap = secondsNow() }

    /// Seconds since some fixed moment.
    var seconds: Double { secondsNow() }

    /// Seconds since the last call, or since creation.
    func lap() -> Double {
        let now = secondsNow()
        defer { lastLap = now }
        return now - lastLap
    }
}

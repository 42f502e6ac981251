import Glibc

/// Measures time that only moves forward.
final class Stopwatch {
    private var lastLap: Double

    init() { lastLap = Self.now }

    /// Seconds since some fixed moment.
    var seconds: Double { Self.now }

    /// Seconds since the last call, or since creation.
    func lap() -> Double {
        let now = Self.now
        defer { lastLap = now }
        return now - lastLap
    }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

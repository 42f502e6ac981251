import Glibc
import Kernels
import Synchronization

extension CPUBackend {
    /// The multiply-adds that the threads together can do, in 10⁹ floating-point operations a second:
    /// the best of several short measurements of arithmetic on registers alone.
    public func measurePeakGFLOPS() -> Double {
        let rounds = 2_000_000
        var best = 0.0
        for _ in 0..<5 {
            let start = secondsNow()
            let operations = Mutex(0.0)
            pool.parallelFor(pool.threadCount) { _, _ in
                var sink: [Float] = [0.1, 0.2, 0.3, 0.4]
                let done = residual_peak_rounds(rounds, &sink)
                operations.withLock { $0 += done }
            }
            best = max(best, operations.withLock { $0 } / (secondsNow() - start) / 1e9)
        }
        return best
    }

    /// `avx512`, `avx2` or `portable`.
    public static var instructionSet: String { String(cString: residual_isa_name()) }
}

private func secondsNow() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

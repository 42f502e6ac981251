import Glibc
import Kernels
import Support
import Synchronization

/// What memory gives, in 10⁹ bytes a second.
public struct MemoryBandwidth: Sendable, Hashable {
    /// Reading alone.
    public let read: Double
    /// Reading one array and writing another past the caches; both count.
    public let copy: Double

    /// The higher of the two: what memory-bound operations are compared with.
    public var best: Double { max(read, copy) }
}

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

    /// The memory bandwidth that the threads together reach on arrays far larger than the caches: the
    /// best of several measurements. Takes 512 MiB for a moment.
    public func measureMemoryBandwidth() -> MemoryBandwidth {
        // Slices that start at multiples of 64 bytes, one a thread.
        let slice = (256 << 20) / 4 / pool.threadCount / 16 * 16
        let count = slice * pool.threadCount
        return withTemporary(floats: 2 * count) { memory in
            let source = memory
            let destination = memory + count
            // The first touch makes the pages.
            pool.parallelFor(pool.threadCount) { part, _ in
                (source + part * slice).update(repeating: 1, count: slice)
                (destination + part * slice).update(repeating: 0, count: slice)
            }
            let sums = Mutex<Float>(0)
            let read = bestOfFive {
                pool.parallelFor(pool.threadCount) { part, _ in
                    let sum = residual_read_floats(source + part * slice, slice)
                    sums.withLock { $0 += sum }
                }
            }
            let copy = bestOfFive {
                pool.parallelFor(pool.threadCount) { part, _ in
                    residual_stream_floats(
                        source + part * slice, slice, destination + part * slice)
                }
            }
            let bytes = Double(count * 4)
            return MemoryBandwidth(read: bytes / read / 1e9, copy: 2 * bytes / copy / 1e9)
        }
    }

    private func bestOfFive(_ body: () -> Void) -> Double {
        (0..<5).map { _ in
            let start = secondsNow()
            body()
            return secondsNow() - start
        }.min()!
    }

    /// `avx512`, `avx2` or `portable`.
    public static var instructionSet: String { String(cString: residual_isa_name()) }
}

import Glibc
import Kernels
import Synchronization

/// Computes on the host's processor with the SIMD kernels of `Kernels` and a pool of threads.
///
/// Every kernel splits its work into blocks that follow from the problem alone and adds partial sums
/// in a fixed order, so the number of threads never changes a bit of any result.
public final class CPUBackend: Backend {
    /// The backend that tensors use unless told otherwise.
    public static var shared: CPUBackend { sharedBackend.withLock { $0.backend() } }

    /// Sets the number of threads of `shared`, and its numerics. Tensors made before keep the
    /// backend they have, so call it at start.
    public static func configureShared(threadCount: Int, numerics: Numerics = .fast) {
        sharedBackend.withLock {
            $0 = SharedBackend(threadCount: threadCount, numerics: numerics)
        }
    }

    /// What convolutions may trade for speed.
    public let numerics: Numerics

    /// The threads that run the blocks.
    public let pool: ThreadPool

    private let memory: MemoryPool
    private let scratch: [Scratch]

    /// Creates a backend with `threadCount` threads that keeps at most `cacheBytes` of freed memory.
    public init(threadCount: Int, numerics: Numerics = .fast, cacheBytes: Int = 8 << 30) {
        self.numerics = numerics
        pool = ThreadPool(threadCount: threadCount)
        memory = MemoryPool(byteCap: cacheBytes)
        scratch = (0..<threadCount).map { _ in Scratch() }
    }

    /// `cpu (avx512, 2 threads)`.
    public var name: String {
        "cpu (\(String(cString: residual_isa_name())), \(pool.threadCount) threads)"
    }

    /// An uninitialised block.
    public func allocate(byteCount: Int) -> DeviceMemory { memory.allocate(byteCount: byteCount) }

    /// Takes back a block.
    public func release(_ block: DeviceMemory) { memory.release(block) }

    /// Copies bytes in.
    public func upload(_ bytes: UnsafeRawBufferPointer, to destination: DeviceMemory) {
        guard let source = bytes.baseAddress else { return }
        destination.raw.copyMemory(from: source, byteCount: bytes.count)
    }

    /// Copies bytes out.
    public func download(_ source: DeviceMemory, to bytes: UnsafeMutableRawBufferPointer) {
        bytes.baseAddress?.copyMemory(from: source.raw, byteCount: bytes.count)
    }

    /// Nothing to wait for: every kernel returns when it is done.
    public func synchronize() {}

    /// Counts of the memory pool.
    public var memoryStatistics: MemoryStatistics { memory.statistics }

    /// Lets the peak of `memoryStatistics` start anew.
    public func resetPeakMemory() { memory.resetPeak() }

    /// Scratch memory of `worker`, 64-byte aligned and uninitialised, valid until the next call for
    /// the same worker. Grows to the largest request and stays.
    func scratch(_ worker: Int, floats count: Int) -> UnsafeMutablePointer<Float> {
        scratch[worker].floats(count)
    }

    /// Memory for one kernel call that all workers share, given back when `body` returns.
    func withTemporary<Result>(
        floats count: Int, _ body: (UnsafeMutablePointer<Float>) -> Result
    ) -> Result {
        let block = memory.allocate(byteCount: count * 4)
        defer { memory.release(block) }
        return body(block.floats)
    }
}

/// The memory of one worker. Unchecked: only that worker touches it (`ThreadPool.parallelFor`).
private final class Scratch: @unchecked Sendable {
    private var base: UnsafeMutableRawPointer?
    private var capacity = 0

    deinit { free(base) }

    func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
        let bytes = max(count, 16) * 4
        if bytes > capacity {
            free(base)
            capacity = bytes + bytes / 4
            base = HugePages.allocate(capacity)
            guard base != nil else {
                fatalError("allocation of \(capacity >> 20) MiB of scratch memory failed")
            }
        }
        return base!.assumingMemoryBound(to: Float.self)
    }
}

/// Makes the shared backend when it is first asked for.
private struct SharedBackend {
    let threadCount: Int
    let numerics: Numerics
    private var made: CPUBackend?

    init(threadCount: Int, numerics: Numerics) {
        self.threadCount = threadCount
        self.numerics = numerics
    }

    mutating func backend() -> CPUBackend {
        if let made { return made }
        let backend = CPUBackend(threadCount: threadCount, numerics: numerics)
        made = backend
        return backend
    }
}

private let sharedBackend = Mutex(
    SharedBackend(threadCount: ThreadPool.availableCores, numerics: .fast))

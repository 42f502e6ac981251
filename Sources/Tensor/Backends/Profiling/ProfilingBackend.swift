import Support
import Synchronization

/// Forwards every call to another backend and adds up, for each kind of operation and shape, the
/// calls, the time, the arithmetic and the bytes.
///
/// Make the tensors of a computation on it (`withBackend`) and operations follow them. Results are
/// the wrapped backend's, bit for bit. The cost of the accounting, less than a microsecond a call,
/// lies outside of the times. Allocation is not an operation: memory pools, autograd and
/// modules are what remains of a step when all operations are subtracted.
public final class ProfilingBackend: Backend {
    /// The backend that computes.
    public let target: any Backend

    private let totals = Mutex<[ProfiledOperation: OperationTotals]>([:])

    /// Wraps `target`.
    public init(_ target: any Backend) { self.target = target }

    /// What was called since the start or the last `reset`.
    public var operations: [ProfiledOperation: OperationTotals] { totals.withLock { $0 } }

    /// Forgets everything.
    public func reset() { totals.withLock { $0.removeAll(keepingCapacity: true) } }

    /// Runs `body` to its end on the device and notes it.
    ///
    /// - Parameters:
    ///   - bytes: What it moves when every operand is read once and every result written once.
    ///   - multiplyAdds: Those of a matrix product or a direct convolution.
    func measure(
        _ name: String, _ extent: ProfiledOperation.Extent, bytes: Int, multiplyAdds: Int = 0,
        _ body: () -> Void
    ) {
        let start = secondsNow()
        body()
        target.synchronize()
        let seconds = secondsNow() - start
        totals.withLock {
            $0[ProfiledOperation(name, extent), default: OperationTotals()].add(
                seconds, 2 * multiplyAdds, bytes)
        }
    }

    // MARK: Memory

    /// The name of the backend that computes.
    public var name: String { target.name }

    /// An uninitialised block.
    public func allocate(byteCount: Int) -> DeviceMemory { target.allocate(byteCount: byteCount) }

    /// Takes back a block.
    public func release(_ memory: DeviceMemory) { target.release(memory) }

    /// Copies bytes in.
    public func upload(_ bytes: UnsafeRawBufferPointer, to memory: DeviceMemory) {
        measure("upload", .any, bytes: 2 * bytes.count) { target.upload(bytes, to: memory) }
    }

    /// Copies bytes out.
    public func download(_ memory: DeviceMemory, to bytes: UnsafeMutableRawBufferPointer) {
        measure("download", .any, bytes: 2 * bytes.count) { target.download(memory, to: bytes) }
    }

    /// Copies a block.
    public func copy(_ source: DeviceMemory, into destination: DeviceMemory) {
        measure(
            "copy", .elements(source.byteCount / source.elementType.byteCount),
            bytes: 2 * source.byteCount
        ) {
            target.copy(source, into: destination)
        }
    }

    /// y = x in the type of y.
    public func convert(_ x: DeviceMemory, count: Int, into y: DeviceMemory) {
        let bytes = (x.elementType.byteCount + y.elementType.byteCount) * count
        measure("convert", .elements(count), bytes: bytes) {
            target.convert(x, count: count, into: y)
        }
    }

    /// Sets elements.
    public func fill(_ value: Float, count: Int, into destination: DeviceMemory) {
        measure("fill", .elements(count), bytes: destination.elementType.byteCount * count) {
            target.fill(value, count: count, into: destination)
        }
    }

    /// Waits for all work.
    public func synchronize() { target.synchronize() }

    /// Counts of the wrapped backend's memory pool.
    public var memoryStatistics: MemoryStatistics { target.memoryStatistics }
}

extension OperationTotals {
    fileprivate mutating func add(_ seconds: Double, _ operations: Int, _ bytes: Int) {
        calls += 1
        self.seconds += seconds
        floatingPointOperations += operations
        self.bytes += bytes
    }
}

/// Computes with the obvious loops, one thread and sums in `Double`: the oracle of the tests and the
/// proof that the protocol carries a second device.
///
/// Its addresses are the host's plus `addressOffset`, so memory that belongs to it is unreachable
/// for any other backend and the other way round: tensors of two backends in one operation stop the
/// program instead of giving numbers. Every access is checked against the block it goes to, and new
/// memory holds NaN, so that an element that a kernel forgets does not go unseen.
public final class ReferenceBackend: Backend {
    /// The distance from the host's addresses to this backend's. Half way up the address space,
    /// where the host has nothing.
    public static let addressOffset: UInt = 1 << 62

    private let pool: MemoryPool

    /// Creates a backend that keeps at most `cacheBytes` of freed memory.
    public init(cacheBytes: Int = 1 << 30) { pool = MemoryPool(byteCap: cacheBytes) }

    /// `reference`.
    public var name: String { "reference" }

    /// A block of NaNs.
    public func allocate(byteCount: Int) -> DeviceMemory {
        let block = pool.allocate(byteCount: byteCount)
        for element in 0..<byteCount / 4 { block.floats[element] = .nan }
        return DeviceMemory(
            address: block.address + ReferenceBackend.addressOffset, byteCount: byteCount)
    }

    /// Takes back a block.
    public func release(_ memory: DeviceMemory) { pool.release(host(memory)) }

    /// Copies bytes in.
    public func upload(_ bytes: UnsafeRawBufferPointer, to memory: DeviceMemory) {
        let destination = host(memory)
        guard bytes.count <= memory.byteCount else {
            fatalError("upload: \(bytes.count) bytes into a block of \(memory.byteCount)")
        }
        guard let source = bytes.baseAddress else { return }
        destination.raw.copyMemory(from: source, byteCount: bytes.count)
    }

    /// Copies bytes out.
    public func download(_ memory: DeviceMemory, to bytes: UnsafeMutableRawBufferPointer) {
        let source = host(memory)
        guard bytes.count <= memory.byteCount else {
            fatalError("download: \(bytes.count) bytes from a block of \(memory.byteCount)")
        }
        bytes.baseAddress?.copyMemory(from: source.raw, byteCount: bytes.count)
    }

    /// Copies a block.
    public func copy(_ source: DeviceMemory, into destination: DeviceMemory) {
        let source = floats(source)
        let destination = floats(destination)
        for i in 0..<source.count { destination[i] = source[i] }
    }

    /// Sets elements.
    public func fill(_ value: Float, count: Int, into destination: DeviceMemory) {
        let destination = floats(destination)
        for i in 0..<count { destination[i] = value }
    }

    /// Nothing to wait for.
    public func synchronize() {}

    /// Counts of the memory pool.
    public var memoryStatistics: MemoryStatistics { pool.statistics }

    /// Lets the peak of `memoryStatistics` start anew.
    public func resetPeakMemory() { pool.resetPeak() }

    /// The elements of a block as numbers.
    func floats(_ memory: DeviceMemory) -> CheckedMemory<Float> {
        CheckedMemory(base: host(memory).floats, count: memory.byteCount / 4)
    }

    /// The elements of a block as integers.
    func integers(_ memory: DeviceMemory) -> CheckedMemory<Int32> {
        CheckedMemory(base: host(memory).integers, count: memory.byteCount / 4)
    }

    private func host(_ memory: DeviceMemory) -> DeviceMemory {
        guard memory.address >= ReferenceBackend.addressOffset else {
            fatalError("ReferenceBackend: memory of \(memory.byteCount) bytes is another backend's")
        }
        return DeviceMemory(
            address: memory.address - ReferenceBackend.addressOffset, byteCount: memory.byteCount)
    }
}

/// A block of memory whose every access is checked, in release builds too.
struct CheckedMemory<Element> {
    let base: UnsafeMutablePointer<Element>
    let count: Int

    subscript(index: Int) -> Element {
        get {
            check(index)
            return base[index]
        }
        nonmutating set {
            check(index)
            base[index] = newValue
        }
    }

    private func check(_ index: Int) {
        guard index >= 0, index < count else {
            fatalError("ReferenceBackend: element \(index) of a block of \(count)")
        }
    }
}

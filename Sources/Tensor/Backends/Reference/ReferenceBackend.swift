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
        // NaN as a bfloat16, and two of them as a Float.
        let halves = block.raw.assumingMemoryBound(to: UInt16.self)
        for element in 0..<byteCount / 2 { halves[element] = 0x7FFF }
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
        guard source.byteCount <= destination.byteCount else {
            fatalError("copy: \(source.byteCount) bytes into a block of \(destination.byteCount)")
        }
        host(destination).raw.copyMemory(from: host(source).raw, byteCount: source.byteCount)
    }

    /// y = x in the type of y.
    public func convert(_ x: DeviceMemory, count: Int, into y: DeviceMemory) {
        let x = floats(x)
        let y = floats(y)
        for i in 0..<count { y[i] = x[i] }
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

    /// The elements of a block as numbers, whatever type they are kept in.
    func floats(_ memory: DeviceMemory) -> CheckedFloats {
        switch memory.elementType {
        case .float32:
            .float32(CheckedMemory(base: host(memory).floats, count: memory.byteCount / 4))
        case .bfloat16:
            .bfloat16(
                CheckedMemory(
                    base: host(memory).raw.assumingMemoryBound(to: BFloat16.self),
                    count: memory.byteCount / 2))
        }
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

/// The elements of a tensor as Float: bfloat16 is widened when read and rounded when written.
enum CheckedFloats {
    case float32(CheckedMemory<Float>)
    case bfloat16(CheckedMemory<BFloat16>)

    subscript(index: Int) -> Float {
        get {
            switch self {
            case .float32(let memory): memory[index]
            case .bfloat16(let memory): memory[index].float
            }
        }
        nonmutating set {
            switch self {
            case .float32(let memory): memory[index] = newValue
            case .bfloat16(let memory): memory[index] = BFloat16(newValue)
            }
        }
    }

    var count: Int {
        switch self {
        case .float32(let memory): memory.count
        case .bfloat16(let memory): memory.count
        }
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

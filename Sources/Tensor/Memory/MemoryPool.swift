import Glibc
import Synchronization

/// Counts of a memory pool, in bytes unless said otherwise.
public struct MemoryStatistics: Sendable, Equatable {
    /// Bytes handed out now.
    public var active = 0
    /// The most that was ever handed out at once.
    public var peak = 0
    /// Bytes kept for reuse. Together with `active`, what the pool has from the system.
    public var cached = 0
    /// The number of allocations that had to ask the system. A training loop whose shapes repeat has
    /// none after its second step.
    public var misses = 0
}

/// Keeps freed blocks for later requests.
///
/// Small blocks wait in lists for the next request of exactly the same size; large ones lie in an
/// `Arena`. Training asks for the same sizes at every step, so nothing is zeroed or unmapped in the
/// loop, and the system never has to hand out fresh pages. What is cached is capped: past `byteCap`
/// the largest pieces go back to the system first.
public final class MemoryPool: Sendable {
    /// All blocks start at a multiple of this: one cache line, one AVX-512 vector.
    public static let alignment = 64

    /// Blocks from this size on come from the arena.
    fileprivate static let largeByteCount = 1 << 20

    fileprivate struct State: ~Copyable {
        var freeBlocks: [Int: [UInt]] = [:]
        var arena: Arena?
        var hasNoArena = false
        var statistics = MemoryStatistics()
    }

    fileprivate enum Request {
        case ready(UInt)
        case askSystem
        case impossible
    }

    private let state = Mutex(State())
    private let byteCap: Int

    /// Creates an empty pool that keeps at most `byteCap` unused bytes.
    public init(byteCap: Int) { self.byteCap = byteCap }

    deinit { releaseCached() }

    /// The pool's counts now.
    public var statistics: MemoryStatistics { state.withLock { $0.statistics } }

    /// Lets `peak` start anew from what is active now.
    public func resetPeak() {
        state.withLock { $0.statistics.peak = $0.statistics.active }
    }

    /// An uninitialised block of at least `byteCount` bytes.
    public func allocate(byteCount: Int) -> DeviceMemory {
        let size = MemoryPool.roundedSize(byteCount)
        let request = state.withLock { state in
            state.statistics.active += size
            state.statistics.peak = max(state.statistics.peak, state.statistics.active)
            return state.take(size)
        }
        switch request {
        case .ready(let address): return DeviceMemory(address: address, byteCount: byteCount)
        case .askSystem:
            return DeviceMemory(address: allocateFromSystem(size), byteCount: byteCount)
        case .impossible: fail(size)
        }
    }

    /// Takes back a block that `allocate` gave.
    public func release(_ memory: DeviceMemory) {
        let size = MemoryPool.roundedSize(memory.byteCount)
        let surplus = state.withLock { state in
            state.giveBack(memory.address, size)
            return state.takeSurplus(byteCap: byteCap)
        }
        for address in surplus { free(UnsafeMutableRawPointer(bitPattern: address)) }
    }

    /// Gives everything that is kept for reuse back to the system.
    public func releaseCached() {
        let all = state.withLock { $0.takeSurplus(byteCap: 0) }
        for address in all { free(UnsafeMutableRawPointer(bitPattern: address)) }
    }

    private static func roundedSize(_ byteCount: Int) -> Int {
        let unit = byteCount < largeByteCount ? alignment : Arena.pageSize
        return max(alignment, (byteCount + unit - 1) / unit * unit)
    }

    private func allocateFromSystem(_ size: Int) -> UInt {
        if let address = systemBlock(size) { return address }
        releaseCached()
        guard let address = systemBlock(size) else { fail(size) }
        return address
    }

    private func fail(_ size: Int) -> Never {
        let statistics = self.statistics
        fatalError(
            """
            allocation of \(size >> 20) MiB failed: active \(statistics.active >> 20) MiB, \
            peak \(statistics.peak >> 20) MiB; a smaller batch or image size needs less
            """)
    }

    private func systemBlock(_ size: Int) -> UInt? {
        var pointer: UnsafeMutableRawPointer?
        guard posix_memalign(&pointer, MemoryPool.alignment, size) == 0 else { return nil }
        return UInt(bitPattern: pointer)
    }
}

extension MemoryPool.State {
    /// A block for a request that `statistics.active` counts already.
    fileprivate mutating func take(_ size: Int) -> MemoryPool.Request {
        if size >= MemoryPool.largeByteCount, hasArena() { return takeLarge(size) }
        guard let address = freeBlocks[size]?.popLast() else {
            statistics.misses += 1
            return .askSystem
        }
        statistics.cached -= size
        return .ready(address)
    }

    private mutating func hasArena() -> Bool {
        if arena == nil, !hasNoArena {
            arena = Arena()
            hasNoArena = arena == nil
        }
        return !hasNoArena
    }

    /// The system would promise any amount and kill the process when it is used.
    private mutating func takeLarge(_ size: Int) -> MemoryPool.Request {
        guard statistics.active <= Arena.physicalMemory, let block = arena!.take(size) else {
            return .impossible
        }
        statistics.cached -= block.resident
        if block.resident < size { statistics.misses += 1 }
        while statistics.active + statistics.cached > Arena.physicalMemory {
            let released = arena!.releaseLargest()
            if released == 0 { break }
            statistics.cached -= released
        }
        return .ready(block.address)
    }

    fileprivate mutating func giveBack(_ address: UInt, _ size: Int) {
        statistics.active -= size
        statistics.cached += size
        if size >= MemoryPool.largeByteCount, !hasNoArena {
            arena!.giveBack(address, size)
        } else {
            freeBlocks[size, default: []].append(address)
        }
    }

    /// Lets go of what is cached past `byteCap`: the blocks that are to be freed.
    fileprivate mutating func takeSurplus(byteCap: Int) -> [UInt] {
        var surplus: [UInt] = []
        while statistics.cached > byteCap, arena != nil {
            let released = arena!.releaseLargest()
            if released == 0 { break }
            statistics.cached -= released
        }
        while statistics.cached > byteCap {
            guard let size = freeBlocks.filter({ !$0.value.isEmpty }).keys.max() else { break }
            surplus.append(freeBlocks[size]!.removeLast())
            statistics.cached -= size
        }
        return surplus
    }
}

import Glibc
import Synchronization

/// Counts of a memory pool, in bytes unless said otherwise.
public struct MemoryStatistics: Sendable, Equatable {
    /// Bytes handed out now.
    public var active = 0
    /// The most that was ever handed out at once.
    public var peak = 0
    /// Bytes kept for reuse.
    public var cached = 0
    /// The number of allocations that had to ask the system. A training loop whose shapes repeat has
    /// none after its second step.
    public var misses = 0
}

/// Keeps freed blocks for the next request of exactly the same size.
///
/// Training asks for the same sizes at every step, so exact free lists hit always, nothing is zeroed
/// or unmapped in the loop, and the kernel never has to hand out fresh pages. What is cached is
/// capped: past `byteCap` the largest kept blocks go back to the system first.
public final class MemoryPool: Sendable {
    /// All blocks start at a multiple of this: one cache line, one AVX-512 vector.
    public static let alignment = 64

    private struct State {
        var freeBlocks: [Int: [UInt]] = [:]
        var statistics = MemoryStatistics()
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
        let reused: UInt? = state.withLock { state in
            state.statistics.active += size
            state.statistics.peak = max(state.statistics.peak, state.statistics.active)
            guard let address = state.freeBlocks[size]?.popLast() else {
                state.statistics.misses += 1
                return nil
            }
            state.statistics.cached -= size
            return address
        }
        return DeviceMemory(address: reused ?? allocateFromSystem(size), byteCount: byteCount)
    }

    /// Takes back a block that `allocate` gave.
    public func release(_ memory: DeviceMemory) {
        let size = MemoryPool.roundedSize(memory.byteCount)
        let surplus: [UInt] = state.withLock { state in
            state.statistics.active -= size
            state.statistics.cached += size
            state.freeBlocks[size, default: []].append(memory.address)
            return MemoryPool.takeSurplus(&state, byteCap: byteCap)
        }
        for address in surplus { free(UnsafeMutableRawPointer(bitPattern: address)) }
    }

    /// Gives everything that is kept for reuse back to the system.
    public func releaseCached() {
        let all: [UInt] = state.withLock { MemoryPool.takeSurplus(&$0, byteCap: 0) }
        for address in all { free(UnsafeMutableRawPointer(bitPattern: address)) }
    }

    private static func roundedSize(_ byteCount: Int) -> Int {
        max(alignment, (byteCount + alignment - 1) / alignment * alignment)
    }

    private static func takeSurplus(_ state: inout State, byteCap: Int) -> [UInt] {
        var surplus: [UInt] = []
        while state.statistics.cached > byteCap {
            guard let size = state.freeBlocks.filter({ !$0.value.isEmpty }).keys.max() else {
                break
            }
            surplus.append(state.freeBlocks[size]!.removeLast())
            state.statistics.cached -= size
        }
        return surplus
    }

    private func allocateFromSystem(_ size: Int) -> UInt {
        if let address = systemBlock(size) { return address }
        releaseCached()
        if let address = systemBlock(size) { return address }
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

import Glibc

/// One stretch of address space from which large blocks are cut; free neighbours become one again.
///
/// A block comes from the lowest place where it fits. Training allocates activations one after another
/// and frees them in reverse, so what is free stays in one piece and serves blocks of other sizes:
/// the process needs little more memory than it uses at the worst moment. A loop that makes the same
/// requests gets the same places.
struct Arena: ~Copyable {
    /// A free stretch below `top`.
    private struct Gap {
        var start: UInt
        var length: Int
        /// The bytes of it that have memory behind them, as far as is known.
        var resident: Int
        var end: UInt { start + UInt(length) }
    }

    /// Blocks start and end at pages, so that the system can take free ones back.
    static let pageSize = 4096

    /// What was reserved.
    private let reservation: UnsafeMutableRawPointer
    private let reservedCount: Int
    /// Where blocks begin, at a huge page.
    private let base: UInt
    private let capacity: Int
    /// Where what was ever handed out ends.
    private var top: UInt
    /// Sorted by address; no two touch.
    private var gaps: [Gap] = []

    /// Reserves address space, which costs no memory; nil if the system gives none.
    init?() {
        var count = 4 * Arena.physicalMemory
        while count >= 1 << 30 {
            let address = mmap(
                nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                -1, 0)
            if let address, address != MAP_FAILED {
                reservation = address
                reservedCount = count
                let start = address.alignedUp(toMultipleOf: HugePages.size)
                base = UInt(bitPattern: start)
                top = base
                capacity = count - (start - address)
                HugePages.advise(start, capacity)
                return
            }
            count /= 2
        }
        return nil
    }

    deinit { munmap(reservation, reservedCount) }

    /// The machine's memory in bytes.
    static let physicalMemory = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))

    /// A block, and how many of its bytes were kept from earlier ones; nil if it does not fit.
    mutating func take(_ size: Int) -> (address: UInt, resident: Int)? {
        if let index = gaps.firstIndex(where: { $0.length >= size }) {
            return cut(size, from: index)
        }
        let last = gaps.last.flatMap { $0.end == top ? $0.length : nil } ?? 0
        let growth = UInt(size - last)
        guard top + growth <= base + UInt(capacity) else { return nil }
        if last == 0 { gaps.append(Gap(start: top, length: 0, resident: 0)) }
        top += growth
        gaps[gaps.count - 1].length = size
        return cut(size, from: gaps.count - 1)
    }

    private mutating func cut(_ size: Int, from index: Int) -> (address: UInt, resident: Int) {
        let address = gaps[index].start
        let resident = min(size, gaps[index].resident)
        gaps[index].start += UInt(size)
        gaps[index].length -= size
        gaps[index].resident -= resident
        if gaps[index].length == 0 { gaps.remove(at: index) }
        return (address, resident)
    }

    /// Takes a block back.
    mutating func giveBack(_ address: UInt, _ size: Int) {
        var gap = Gap(start: address, length: size, resident: size)
        var index = gaps.firstIndex { $0.start > address } ?? gaps.count
        if index < gaps.count, gap.end == gaps[index].start {
            gap.length += gaps[index].length
            gap.resident += gaps[index].resident
            gaps.remove(at: index)
        }
        if index > 0, gaps[index - 1].end == gap.start {
            index -= 1
            gap.start = gaps[index].start
            gap.length += gaps[index].length
            gap.resident += gaps[index].resident
            gaps.remove(at: index)
        }
        gaps.insert(gap, at: index)
    }

    /// Returns the memory of the largest free stretch to the system: how much that was, 0 if none is
    /// left.
    mutating func releaseLargest() -> Int {
        guard let index = gaps.indices.max(by: { gaps[$0].resident < gaps[$1].resident }),
            gaps[index].resident > 0
        else { return 0 }
        let released = gaps[index].resident
        madvise(
            UnsafeMutableRawPointer(bitPattern: gaps[index].start), gaps[index].length,
            MADV_DONTNEED)
        gaps[index].resident = 0
        return released
    }
}

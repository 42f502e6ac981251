import Glibc

/// Pages of 2 MiB instead of 4 KiB where the system has them: a training step walks through more memory
/// than the processor remembers small pages of, and looking one up costs much, most of all in a virtual
/// machine. A hint; without it everything works, more slowly.
enum HugePages {
    /// The size of one, to which memory must be aligned to have any.
    static let size = 2 << 20

    /// Asks for them in a stretch of address space that has no memory yet.
    static func advise(_ address: UnsafeMutableRawPointer, _ length: Int) {
        madvise(address, length, MADV_HUGEPAGE)
    }

    /// `count` bytes or a multiple of the size that is more; nil if there are none.
    static func allocate(_ count: Int) -> UnsafeMutableRawPointer? {
        var address: UnsafeMutableRawPointer?
        let length = (count + size - 1) / size * size
        guard posix_memalign(&address, size, length) == 0, let address else { return nil }
        advise(address, length)
        return address
    }
}

/// A block of memory that is needed from one step to another.
package struct BufferRequest: Equatable {
    /// The size in bytes.
    package var byteCount: Int
    /// The steps during which it holds something, both ends included.
    package var lifetime: ClosedRange<Int>

    package init(byteCount: Int, lifetime: ClosedRange<Int>) {
        self.byteCount = byteCount
        self.lifetime = lifetime
    }
}

/// Places for buffers in one block of memory, such that those whose lifetimes meet do not overlap.
///
/// Greedy by size: the largest first, each into the smallest gap that fits between those already
/// placed that live at the same time. For the chains of networks that is at or near the least
/// possible, the most that is alive at any one step.
package struct BufferLayout: Equatable {
    /// Where all buffers start: a cache line, a vector of AVX-512.
    static let alignment = 64

    /// Where each buffer starts, in bytes.
    package private(set) var offsets: [Int]
    /// The size of the block.
    package private(set) var byteCount = 0

    /// Finds places for `requests`.
    package init(_ requests: [BufferRequest]) {
        offsets = [Int](repeating: 0, count: requests.count)
        var placed: [Int] = []
        let order = requests.indices.sorted {
            (-requests[$0].byteCount, requests[$0].lifetime.lowerBound, $0)
                < (-requests[$1].byteCount, requests[$1].lifetime.lowerBound, $1)
        }
        for index in order {
            let size = Self.rounded(requests[index].byteCount)
            let neighbours = placed.filter {
                requests[$0].lifetime.overlaps(requests[index].lifetime)
            }.map { offsets[$0]..<offsets[$0] + Self.rounded(requests[$0].byteCount) }
            offsets[index] = Self.place(for: size, among: neighbours)
            byteCount = max(byteCount, offsets[index] + size)
            placed.append(index)
        }
    }

    /// The most that is alive at one step: no layout can do with less.
    package static func lowerBound(_ requests: [BufferRequest]) -> Int {
        requests.map { request in
            let step = request.lifetime.lowerBound
            return requests.filter { $0.lifetime.contains(step) }
                .reduce(0) { $0 + rounded($1.byteCount) }
        }.max() ?? 0
    }

    private static func rounded(_ byteCount: Int) -> Int {
        (max(byteCount, 1) + alignment - 1) / alignment * alignment
    }

    /// The start of the smallest gap of at least `size`, else the end.
    private static func place(for size: Int, among taken: [Range<Int>]) -> Int {
        var best: (offset: Int, gap: Int)?
        var end = 0
        for range in taken.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            let gap = range.lowerBound - end
            if gap >= size, gap < best?.gap ?? .max { best = (end, gap) }
            end = max(end, range.upperBound)
        }
        return best?.offset ?? end
    }
}

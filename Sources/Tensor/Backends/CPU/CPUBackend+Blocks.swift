extension CPUBackend {
    /// Elements of a block of simple work: long enough to hide what claiming a block costs, short
    /// enough for the caches and for small tensors to use several threads.
    static let blockLength = 32768

    /// Splits 0..<`count` into blocks of `length` (the last may be shorter) and runs them.
    func forEachBlock(
        of count: Int, length: Int = blockLength,
        _ body: (_ block: Range<Int>, _ worker: Int) -> Void
    ) {
        pool.parallelFor((count + length - 1) / length) { block, worker in
            body(block * length..<min((block + 1) * length, count), worker)
        }
    }

    /// The same for rows of `rowLength` elements: as many rows a block as make up `elements`.
    func forEachBlock(
        ofRows count: Int, rowLength: Int, elements: Int = blockLength,
        _ body: (_ rows: Range<Int>, _ worker: Int) -> Void
    ) {
        forEachBlock(of: count, length: max(1, elements / max(rowLength, 1)), body)
    }

    /// Doubles for one kernel call that all workers share, given back when `body` returns.
    func withTemporary<Result>(
        doubles count: Int, _ body: (UnsafeMutablePointer<Double>) -> Result
    ) -> Result {
        withTemporary(floats: 2 * count) { floats in
            body(UnsafeMutableRawPointer(floats).assumingMemoryBound(to: Double.self))
        }
    }

    /// Scratch memory of `worker` as `scratch(_:floats:)`, for doubles.
    func scratch(_ worker: Int, doubles count: Int) -> UnsafeMutablePointer<Double> {
        UnsafeMutableRawPointer(scratch(worker, floats: 2 * count))
            .assumingMemoryBound(to: Double.self)
    }
}

/// Axes that a kernel walks through one position after another.
struct Axes {
    var extents: [Int] = []
    var strides: [Int] = []

    /// The number of positions.
    var count: Int { extents.reduce(1, *) }

    mutating func append(extent: Int, stride: Int) {
        extents.append(extent)
        strides.append(stride)
    }

    /// Where position `index`, counted in row-major order, lies.
    func offset(_ index: Int) -> Int {
        var rest = index
        var offset = 0
        for axis in extents.indices.reversed() {
            offset += rest % extents[axis] * strides[axis]
            rest /= extents[axis]
        }
        return offset
    }
}

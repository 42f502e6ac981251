/// Takes consecutive entries of the first axis.
///
///     y = x[rows]        dx = dy in these rows, else 0
///
/// - Parameters:
///   - x: A tensor of at least one axis.
///   - rows: A range inside the first axis.
/// - Returns: `[rows.count, …]`. Saves nothing.
public func slice(_ x: Tensor, rows: Range<Int>) -> Tensor {
    check(
        x.shape.rank >= 1 && rows.lowerBound >= 0 && rows.upperBound <= x.shape[0],
        "slice: rows \(rows) do not lie in x \(x.shape)")
    let rest = x.shape.dimensions.dropFirst()
    let rowLength = rest.reduce(1, *)
    let y = x.backend.make(Shape([rows.count] + rest), x.elementType) {
        $0.copyBlocks(
            x.memory, .run(rows.count * rowLength, from: rows.lowerBound * rowLength, to: 0),
            into: $1)
    }
    return record("slice", y, from: [x]) { [xShape = x.shape] dy, _ in
        [
            dy.backend.make(xShape, dy.elementType) { backend, memory in
                backend.fill(0, count: xShape.count, into: memory)
                backend.copyBlocks(
                    dy.memory, .run(dy.count, from: 0, to: rows.lowerBound * rowLength),
                    into: memory)
            }
        ]
    }
}

extension BlockCopyGeometry {
    /// One run of elements.
    fileprivate static func run(_ count: Int, from source: Int, to destination: Int) -> Self {
        BlockCopyGeometry(
            blockCount: 1, blockLength: count, sourceOffset: source, sourceStride: 0,
            destinationOffset: destination, destinationStride: 0)
    }
}

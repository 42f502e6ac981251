/// Picks entries of the first axis, in any order and any number of times.
///
///     y[i] = x[rows[i]]        dx[r] = Σ of dy[i] with rows[i] = r
///
/// - Parameters:
///   - x: A tensor of at least one axis.
///   - rows: Positions along the first axis.
/// - Returns: `[rows.count, …]`. Saves the positions.
public func gather(_ x: Tensor, rows: [Int]) -> Tensor {
    check(x.shape.rank >= 1, "gather: x is a scalar")
    let x = x.inFloat32
    let rowCount = x.shape[0]
    if let wrong = rows.first(where: { !(0..<rowCount).contains($0) }) {
        fatalError("gather: row \(wrong) does not exist in x \(x.shape)")
    }
    let rest = x.shape.dimensions.dropFirst()
    let rowLength = rest.reduce(1, *)
    let indices = IntegerStorage(rows.map { Int32($0) }, backend: x.backend)
    let y = x.backend.make(Shape([rows.count] + rest)) {
        $0.gatherRows(
            x.memory, indices: indices.memory, indexCount: rows.count, rowLength: rowLength,
            into: $1)
    }
    return record("gather", y, from: [x]) { [indices, xShape = x.shape] dy, _ in
        [
            dy.backend.make(xShape) {
                $0.gatherRowsGradient(
                    dy: dy.memory, indices: indices.memory, indexCount: indices.count,
                    rowLength: rowLength, rowCount: rowCount, into: $1)
            }
        ]
    }
}

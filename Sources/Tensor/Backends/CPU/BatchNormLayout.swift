/// How [rows, channels] is cut for batch normalisation.
///
/// Channel counts that do not fill vectors are seen as wider rows: `group` rows side by side, so that
/// column k is channel k % channels. The rows left over are a piece of their own, one group wide.
struct BatchNormLayout {
    /// The extents as given.
    let rows: Int, channels: Int
    /// Rows side by side in a wide row.
    let group: Int
    /// Wide rows, and how many of them are summed up in one piece.
    let wideRows: Int, rowsPerPiece: Int
    /// Whether results are so large that they should not pass through the caches.
    let streams: Bool

    /// Where a run of rows starts, how many they are and how wide.
    typealias Run = (start: Int, rows: Int, columns: Int)

    /// Results from this size on leave the caches before they are read again.
    private static let streamedByteCount = 24 << 20

    init(_ geometry: BatchNormGeometry, _ elementType: ElementType) {
        rows = geometry.rows
        channels = geometry.channels
        let isWide = channels % 16 == 0 || channels >= 64 || channels == 0
        var group = 1
        while !isWide, group * channels % 16 != 0 { group *= 2 }
        self.group = rows >= 8 * group ? group : 1
        wideRows = rows / self.group
        let columns = max(self.group * channels, 1)
        let wanted = max(64, 2 * CPUBackend.blockLength / columns, (wideRows + 511) / 512)
        rowsPerPiece = (wanted + 7) / 8 * 8
        streams =
            rows * channels * elementType.byteCount >= BatchNormLayout.streamedByteCount
            && columns % 16 == 0 && rows % self.group == 0
    }

    /// The width of a wide row.
    var columns: Int { group * channels }
    /// Pieces of wide rows, and one of the rest.
    var pieceCount: Int { widePieceCount + (rest > 0 ? 1 : 0) }
    /// The number of partial sums of each channel.
    var partCount: Int { widePieceCount * group + 1 }

    private var widePieceCount: Int { (wideRows + rowsPerPiece - 1) / rowsPerPiece }
    private var rest: Int { rows - wideRows * group }

    /// Piece `index` for sums.
    func piece(_ index: Int) -> Run {
        if index == widePieceCount { return restRun }
        let begin = index * rowsPerPiece
        return (begin * columns, min(rowsPerPiece, wideRows - begin), columns)
    }

    private var restRun: Run { (wideRows * columns, rest, channels) }

    /// Runs `body` for blocks of rows whose results do not depend on one another.
    func forEachBlock(in backend: CPUBackend, _ body: (Run) -> Void) {
        let length = max(1, CPUBackend.blockLength / max(columns, 1))
        let blocks = (wideRows + length - 1) / length
        backend.pool.parallelFor(blocks + (rest > 0 ? 1 : 0)) { block, _ in
            if block == blocks { return body(restRun) }
            let begin = block * length
            body((begin * columns, min(length, wideRows - begin), columns))
        }
    }

    /// Three arrays of a value per column.
    func three(
        _ values: UnsafeMutablePointer<Float>
    ) -> (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) {
        (values, values + columns, values + 2 * columns)
    }

    /// Calls `body` with both partial results of `channel` and the number of rows that they are of, in
    /// a fixed order. Each piece holds its columns' first results and then their second ones.
    private func forEachPart(
        _ parts: UnsafePointer<Double>, _ channel: Int,
        _ body: (_ first: Double, _ second: Double, _ rows: Double) -> Void
    ) {
        for index in 0..<pieceCount {
            let run = piece(index)
            let part = parts + index * 2 * columns
            for column in stride(from: channel, to: run.columns, by: channels) {
                body(part[column], part[run.columns + column], Double(run.rows))
            }
        }
    }

    /// Mean and biased variance of `channel` from means and sums of squared distances of all parts.
    func moments(
        _ parts: UnsafePointer<Double>, _ channel: Int
    ) -> (mean: Double, variance: Double) {
        var sum = 0.0
        forEachPart(parts, channel) { sum += $0 * $2 }
        let mean = sum / Double(rows)
        var squares = 0.0
        forEachPart(parts, channel) {
            squares += $1 + $2 * ($0 - mean) * ($0 - mean)
        }
        return (mean, squares / Double(rows))
    }

    /// The totals of `channel`.
    func sums(_ parts: UnsafePointer<Double>, _ channel: Int) -> (first: Double, second: Double) {
        var totals = (first: 0.0, second: 0.0)
        forEachPart(parts, channel) { first, second, _ in
            totals.first += first
            totals.second += second
        }
        return totals
    }
}

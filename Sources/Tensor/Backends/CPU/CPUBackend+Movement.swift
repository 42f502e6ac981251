import Kernels

extension CPUBackend {
    /// Axis a of y is axis `axes[a]` of x.
    public func permute(
        _ x: DeviceMemory, dimensions: [Int], axes: [Int], into y: DeviceMemory
    ) {
        guard dimensions.allSatisfy({ $0 > 0 }) else { return }
        let plan = PermutationPlan(dimensions: dimensions, axes: axes)
        let x = x.floats
        let y = y.floats
        forEachBlock(of: plan.pieceCount, length: plan.piecesPerBlock) { pieces, _ in
            for piece in pieces { plan.run(piece, x, y) }
        }
    }

    /// Copies runs of elements.
    public func copyBlocks(_ x: DeviceMemory, _ geometry: BlockCopyGeometry, into y: DeviceMemory) {
        let g = geometry
        checkTypes("copyBlocks", x, y)
        let x = x.values + g.sourceOffset
        let y = y.values + g.destinationOffset
        if g.blockCount == 1 {
            forEachBlock(of: g.blockLength) { block, _ in
                residual_copy_runs(
                    x + block.lowerBound, block.count, 1, block.count, y + block.lowerBound,
                    block.count)
            }
            return
        }
        forEachBlock(ofRows: g.blockCount, rowLength: g.blockLength) { blocks, _ in
            residual_copy_runs(
                x + blocks.lowerBound * g.sourceStride, g.sourceStride, blocks.count,
                g.blockLength, y + blocks.lowerBound * g.destinationStride, g.destinationStride)
        }
    }

    /// Row i of y = row `indices[i]` of x.
    public func gatherRows(
        _ x: DeviceMemory, indices: DeviceMemory, indexCount: Int, rowLength: Int,
        into y: DeviceMemory
    ) {
        let x = x.floats
        let y = y.floats
        let indices = indices.integers
        forEachBlock(ofRows: indexCount, rowLength: rowLength) { rows, _ in
            let begin = rows.lowerBound
            residual_gather_rows(
                x, indices + begin, rows.count, rowLength, y + begin * rowLength)
        }
    }

    /// Row `indices[i]` of dx += row i of dy. Each block owns some rows of dx and looks for theirs.
    public func gatherRowsGradient(
        dy: DeviceMemory, indices: DeviceMemory, indexCount: Int, rowLength: Int, rowCount: Int,
        into dx: DeviceMemory
    ) {
        let dy = dy.floats
        let dx = dx.floats
        let indices = indices.integers
        let smallest = CPUBackend.blockLength / max(rowLength, 1)
        forEachBlock(of: rowCount, length: max(1, smallest, (rowCount + 31) / 32)) { rows, _ in
            residual_gather_rows_gradient(
                dy, indices, indexCount, rowLength, rows.lowerBound, rows.upperBound, dx)
        }
    }

    /// y = x with a border.
    public func pad(_ x: DeviceMemory, _ geometry: PadGeometry, into y: DeviceMemory) {
        let g = geometry
        checkTypes("pad", x, y)
        let x = x.values
        let y = y.values
        let rowLength = g.outputWidth * g.channels
        let rowCount = g.batch * g.outputHeight
        forEachBlock(ofRows: rowCount, rowLength: rowLength) { rows, _ in
            for row in rows {
                let target = y + row * rowLength
                guard let source = g.source(ofRow: row % g.outputHeight) else {
                    residual_fill(0, rowLength, target)
                    continue
                }
                let image = row / g.outputHeight
                residual_pad_row(
                    x + (image * g.height + source) * g.width * g.channels, g.width, g.channels,
                    g.left, g.right, g.mode == .reflect, target)
            }
        }
    }

    /// The transpose of `pad`: each row of dx collects the rows that it was copied to, in order.
    public func padGradient(dy: DeviceMemory, _ geometry: PadGeometry, into dx: DeviceMemory) {
        let g = geometry
        checkTypes("padGradient", dy, dx)
        if g.mode == .reflect, dy.elementType != .float32 {
            fatalError("padGradient: a reflected border is a sum, in float32 only")
        }
        let dy = dy.values
        let dx = dx.values
        let rowLength = g.width * g.channels
        var copies = [[Int]](repeating: [], count: g.height)
        for row in 0..<g.outputHeight {
            if let source = g.source(ofRow: row) { copies[source].append(row) }
        }
        forEachBlock(ofRows: g.batch * g.height, rowLength: rowLength) { rows, _ in
            for row in rows {
                let target = dx + row * rowLength
                residual_fill(0, rowLength, target)
                for copy in copies[row % g.height] {
                    let place = row / g.height * g.outputHeight + copy
                    residual_pad_row_gradient(
                        dy + place * g.outputWidth * g.channels, g.width, g.channels, g.left,
                        g.right, g.mode == .reflect, target)
                }
            }
        }
    }
}

extension PadGeometry {
    /// The row of the image that a row of the padded image is a copy of, if any.
    fileprivate func source(ofRow row: Int) -> Int? {
        let position = row - top
        if position >= 0, position < height { return position }
        switch mode {
        case .zero: return nil
        case .reflect: return position < 0 ? -position : 2 * (height - 1) - position
        }
    }
}

/// A permutation of axes as copies of runs or, where the last axis changes, as transpositions of
/// matrices; neighbouring axes that stay together are one.
private struct PermutationPlan {
    /// The matrix: y's last axis (rows, `rowStride` apart in x) by x's last axis (columns).
    private var rows = 1
    private var rowStride = 1
    private var columns = 1
    private var columnStride = 1
    /// The other axes, in x and in y.
    private var source = Axes()
    private var destination = Axes()
    /// Whether the last axis stays, so that there is only copying.
    private let isCopy: Bool
    private let rowsPerPiece: Int
    private let columnsPerPiece: Int

    init(dimensions: [Int], axes: [Int]) {
        let merged = PermutationPlan.merge(dimensions: dimensions, axes: axes)
        let destinationStrides = Shape(merged.extents).strides
        isCopy = merged.strides.last == 1 || merged.extents.isEmpty
        let last = merged.extents.count - 1
        if let extent = merged.extents.last {
            rows = extent
            rowStride = merged.strides[last]
        }
        // For copies the second axis from the end takes the place of the columns.
        let partner = isCopy ? last - 1 : merged.strides.firstIndex(of: 1)!
        if partner >= 0 {
            columns = merged.extents[partner]
            columnStride = isCopy ? merged.strides[partner] : destinationStrides[partner]
        }
        for axis in merged.extents.indices where axis != last && axis != partner {
            source.append(extent: merged.extents[axis], stride: merged.strides[axis])
            destination.append(extent: merged.extents[axis], stride: destinationStrides[axis])
        }
        rowsPerPiece = isCopy ? min(rows, CPUBackend.blockLength) : min(rows, 1024)
        let wanted = max(1, CPUBackend.blockLength / rowsPerPiece)
        columnsPerPiece = min(columns, isCopy ? wanted : (wanted + 15) / 16 * 16)
    }

    /// The axes of y with their strides in x, without those of extent 1.
    private static func merge(dimensions: [Int], axes: [Int]) -> Axes {
        let strides = Shape(dimensions).strides
        var merged = Axes()
        for axis in axes where dimensions[axis] != 1 {
            if let outer = merged.strides.last, outer == dimensions[axis] * strides[axis] {
                merged.extents[merged.extents.count - 1] *= dimensions[axis]
                merged.strides[merged.strides.count - 1] = strides[axis]
            } else {
                merged.append(extent: dimensions[axis], stride: strides[axis])
            }
        }
        return merged
    }

    private var rowPieces: Int { (rows + rowsPerPiece - 1) / rowsPerPiece }
    private var columnPieces: Int { (columns + columnsPerPiece - 1) / columnsPerPiece }
    var pieceCount: Int { source.count * rowPieces * columnPieces }
    var piecesPerBlock: Int { max(1, CPUBackend.blockLength / (rowsPerPiece * columnsPerPiece)) }

    func run(_ piece: Int, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) {
        let outer = piece / columnPieces / rowPieces
        let row = piece / columnPieces % rowPieces * rowsPerPiece
        let column = piece % columnPieces * columnsPerPiece
        let rowCount = min(rowsPerPiece, rows - row)
        let columnCount = min(columnsPerPiece, columns - column)
        let from = x + source.offset(outer)
        let to = y + destination.offset(outer)
        if isCopy {
            residual_copy_runs(
                residual_values(from + column * columnStride + row), columnStride, columnCount,
                rowCount, residual_values(to + column * rows + row), rows)
        } else {
            residual_transpose(
                from + row * rowStride + column, rowStride, rowCount, columnCount,
                to + column * columnStride + row, columnStride)
        }
    }
}

import Kernels

// Matrix products: C is cut into blocks of rows and columns by the shape alone, and every element's
// sum runs over k in order, so the partition could not change a bit anyway.
extension CPUBackend {
    /// C = op(A) · op(B) (+ bias on each row), for `geometry.batch` consecutive matrices.
    ///
    /// Few rows (a classifier on one image) multiply B where it lies; otherwise B is packed once
    /// and blocks of A as they come. Of a symmetric result the blocks above the diagonal are copied.
    public func gemm(
        _ a: DeviceMemory, _ b: DeviceMemory, bias: DeviceMemory?, _ geometry: MatrixGeometry,
        into c: DeviceMemory
    ) {
        guard geometry.m > 0, geometry.n > 0, geometry.batch > 0 else { return }
        let product = MatrixProduct(
            a: a.floats, b: b.floats, bias: bias?.floats, c: c.floats, geometry: geometry)
        if geometry.k == 0 {
            product.fillWithBias()
        } else if geometry.m <= Int(RESIDUAL_PANEL_ROWS) && !geometry.transposesB {
            multiplyInPlace(product)
        } else {
            multiplyPacked(product)
        }
    }

    private func multiplyInPlace(_ product: MatrixProduct) {
        let geometry = product.geometry
        let panelsPerUnit = max(1, (1 << 16) / (geometry.k * panelColumns))
        let units = ceilDivide(ceilDivide(geometry.n, panelColumns), panelsPerUnit)
        pool.parallelFor(geometry.batch * units) { block, worker in
            let (matrix, unit) = block.quotientAndRemainder(dividingBy: units)
            let scratch = scratch(worker, floats: geometry.k * (panelColumns + geometry.m))
            let first = unit * panelsPerUnit * panelColumns
            let last = min(geometry.n, first + panelsPerUnit * panelColumns)
            product.multiplyInPlace(matrix, columns: first..<last, scratch: scratch)
        }
    }

    private func multiplyPacked(_ product: MatrixProduct) {
        let geometry = product.geometry
        let panels = ceilDivide(geometry.n, panelColumns)
        let panelSize = geometry.k * panelColumns
        withTemporary(floats: geometry.batch * panels * panelSize) { packed in
            let panelsPerPack = max(1, (1 << 16) / panelSize)
            let packUnits = ceilDivide(geometry.batch * panels, panelsPerPack)
            pool.parallelFor(packUnits) { unit, _ in
                let first = unit * panelsPerPack
                for panel in first..<min(geometry.batch * panels, first + panelsPerPack) {
                    product.packPanel(
                        panel % panels, of: panel / panels, to: packed + panel * panelSize)
                }
            }
            let plan = BlockPlan(rows: geometry.m, columns: geometry.n, depth: geometry.k)
            pool.parallelFor(geometry.batch * plan.count) { block, worker in
                let (matrix, unit) = block.quotientAndRemainder(dividingBy: plan.count)
                let (rows, columns) = (plan.rows(of: unit), plan.columns(of: unit))
                let end = min(columns.upperBound, product.computedColumns(of: rows))
                guard columns.lowerBound < end else { return }
                let scratch = scratch(worker, floats: plan.rowsPerBlock * productChunk)
                product.multiply(
                    matrix, rows: rows, columns: columns.lowerBound..<end,
                    packed: packed + matrix * panels * panelSize, scratch: scratch)
            }
            guard geometry.isSymmetric else { return }
            pool.parallelFor(geometry.batch * plan.rowBlocks) { block, _ in
                let (matrix, unit) = block.quotientAndRemainder(dividingBy: plan.rowBlocks)
                product.mirror(matrix, rows: plan.rows(of: unit * plan.columnBlocks))
            }
        }
    }
}

let panelColumns = Int(RESIDUAL_PANEL_COLUMNS)
let productChunk = Int(RESIDUAL_PRODUCT_CHUNK)

func ceilDivide(_ a: Int, _ b: Int) -> Int { (a + b - 1) / b }

/// How a product's rows and columns are cut into blocks: from its shape alone.
///
/// Long blocks of rows use each panel of B often; blocks of packed A stay in half of the second
/// level of cache. Where that leaves fewer than 16 blocks, columns are cut too, down to 64, and
/// then rows.
struct BlockPlan {
    let rowCount: Int, columnCount: Int
    let rowsPerBlock: Int, columnsPerBlock: Int
    let rowBlocks: Int, columnBlocks: Int

    var count: Int { rowBlocks * columnBlocks }

    init(rows: Int, columns: Int, depth: Int) {
        let wantedBlocks = 16
        let panelRows = Int(RESIDUAL_PANEL_ROWS)
        let cacheFloats = 512 * 1024 / 4
        let most = max(4, min(cacheFloats / max(1, depth) / panelRows, 32)) * panelRows
        var rowsPerBlock = min(most, rows)
        var columnBlocks = 1
        if rows * columns * depth > 1 << 18 {
            let rowBlocks = ceilDivide(rows, rowsPerBlock)
            columnBlocks = max(1, min(ceilDivide(wantedBlocks, rowBlocks), columns / 64))
            let wantedRowBlocks = ceilDivide(wantedBlocks, columnBlocks)
            let fewest = min(rows, 4 * panelRows)
            rowsPerBlock = min(rowsPerBlock, max(fewest, ceilDivide(rows, wantedRowBlocks)))
        }
        rowCount = rows
        columnCount = columns
        rowBlocks = ceilDivide(rows, max(1, rowsPerBlock))
        self.rowsPerBlock = ceilDivide(rows, max(1, rowBlocks))
        let panels = ceilDivide(columns, panelColumns)
        columnsPerBlock = ceilDivide(panels, columnBlocks) * panelColumns
        self.columnBlocks = ceilDivide(columns, columnsPerBlock)
    }

    func rows(of block: Int) -> Range<Int> {
        let first = block / columnBlocks * rowsPerBlock
        return min(first, rowCount)..<min(rowCount, first + rowsPerBlock)
    }

    func columns(of block: Int) -> Range<Int> {
        let first = block % columnBlocks * columnsPerBlock
        return first..<min(columnCount, first + columnsPerBlock)
    }
}

/// The operands of a batch of products, and its blocks.
private struct MatrixProduct {
    let a: UnsafeMutablePointer<Float>
    let b: UnsafeMutablePointer<Float>
    let bias: UnsafeMutablePointer<Float>?
    let c: UnsafeMutablePointer<Float>
    let geometry: MatrixGeometry

    private var m: Int { geometry.m }
    private var n: Int { geometry.n }
    private var k: Int { geometry.k }

    func fillWithBias() {
        for row in 0..<geometry.batch * m {
            for column in 0..<n { c[row * n + column] = bias?[column] ?? 0 }
        }
    }

    func packPanel(_ panel: Int, of matrix: Int, to packed: UnsafeMutablePointer<Float>) {
        let first = panel * panelColumns
        let start = b + matrix * k * n + first * (geometry.transposesB ? k : 1)
        residual_pack_panel(
            residual_values(start), geometry.transposesB ? k : n, geometry.transposesB, k,
            min(panelColumns, n - first), packed)
    }

    /// The columns of some rows that are computed: of a symmetric product those up to the diagonal, in
    /// whole panels.
    func computedColumns(of rows: Range<Int>) -> Int {
        guard geometry.isSymmetric else { return n }
        return min(n, ceilDivide(rows.upperBound, panelColumns) * panelColumns)
    }

    /// Copies the other columns of some rows of a symmetric product from below the diagonal.
    func mirror(_ matrix: Int, rows: Range<Int>) {
        let end = computedColumns(of: rows)
        guard end < n else { return }
        let corner = c + matrix * m * n
        residual_transpose(
            corner + end * n + rows.lowerBound, n, n - end, rows.count,
            corner + rows.lowerBound * n + end, n)
    }

    /// One block from packed panels of B; A is packed chunk by chunk into `scratch`.
    func multiply(
        _ matrix: Int, rows: Range<Int>, columns: Range<Int>, packed: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let stride = geometry.transposesA ? m : k
        let place = c + (matrix * m + rows.lowerBound) * n + columns.lowerBound
        let panels = packed + columns.lowerBound * k
        for first in Swift.stride(from: 0, to: k, by: productChunk) {
            let terms = min(productChunk, k - first)
            let corner =
                geometry.transposesA ? first * m + rows.lowerBound : rows.lowerBound * k + first
            residual_pack_rows(
                a + matrix * m * k + corner, stride, geometry.transposesA, rows.count, terms,
                scratch)
            residual_packed_product(
                scratch, rows.count, terms, panels + first * panelColumns, k * panelColumns,
                columns.count, bias.map { $0 + columns.lowerBound }, first > 0, place, n)
        }
    }

    /// All rows (at most 14) of some columns, reading B [k, n] where it lies. The last panel is
    /// copied, for lines are read 16 columns at a time.
    func multiplyInPlace(
        _ matrix: Int, columns: Range<Int>, scratch: UnsafeMutablePointer<Float>
    ) {
        let start = a + matrix * m * k
        let terms = geometry.transposesA ? start : scratch
        if !geometry.transposesA {
            for row in 0..<m {
                for i in 0..<k { scratch[i * m + row] = start[row * k + i] }
            }
        }
        let panel = scratch + m * k
        for first in stride(from: columns.lowerBound, to: columns.upperBound, by: panelColumns) {
            let width = min(panelColumns, columns.upperBound - first)
            let source = b + matrix * k * n + first
            let isWhole = width % 16 == 0
            if !isWhole {
                residual_pack_panel(residual_values(source), n, false, k, width, panel)
            }
            residual_transposed_product(
                terms, m, isWhole ? source : panel, isWhole ? n : panelColumns, m, width, k,
                bias.map { $0 + first }, false, c + matrix * m * n + first, n)
        }
    }
}

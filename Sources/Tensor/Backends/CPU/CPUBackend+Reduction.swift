import Kernels

extension CPUBackend {
    /// y = scale · Σ x over the reduced axes.
    public func reduceSum(
        _ x: DeviceMemory, _ geometry: ReductionGeometry, scale: Float, into y: DeviceMemory
    ) {
        reduce(RESIDUAL_SUM, x.floats, geometry, scale: Double(scale), into: y.floats)
    }

    /// y = max x over the reduced axes.
    public func reduceMax(_ x: DeviceMemory, _ geometry: ReductionGeometry, into y: DeviceMemory) {
        reduce(RESIDUAL_MAXIMUM, x.floats, geometry, scale: 1, into: y.floats)
    }

    /// dx = dy / (number of maxima) where x is the maximum, else 0.
    public func reduceMaxGradient(
        x: DeviceMemory, y: DeviceMemory, dy: DeviceMemory, _ geometry: ReductionGeometry,
        into dx: DeviceMemory
    ) {
        let dx = dx.floats
        let count = geometry.resultCount
        let flat = BroadcastGeometry(dimensions: [count], xStrides: [1], yStrides: [1])
        let (whole, parts) = (residual_values(dx), geometry.repeatingSecond)
        combine(
            RESIDUAL_EQUAL, residual_values(x.floats), residual_values(y.floats), parts, into: whole
        )
        withTemporary(floats: count) { shares in
            reduce(RESIDUAL_SUM, dx, geometry, scale: 1, into: shares)
            let share = residual_values(shares)
            combine(RESIDUAL_DIVIDE, residual_values(dy.floats), share, flat, into: share)
            combine(RESIDUAL_WHERE, whole, share, parts, into: whole)
        }
    }

    /// y = scale · x repeated over the reduced axes.
    public func expand(
        _ x: DeviceMemory, _ geometry: ReductionGeometry, scale: Float, into y: DeviceMemory
    ) {
        let repeated = geometry.repeatingSecond
        let scaling = BroadcastGeometry(
            dimensions: repeated.dimensions, xStrides: repeated.dimensions.map { _ in 0 },
            yStrides: repeated.yStrides)
        withUnsafePointer(to: scale) { factor in
            combine(
                RESIDUAL_MULTIPLY, residual_values(factor), residual_values(x.floats), scaling,
                into: residual_values(y.floats))
        }
    }

    /// indices = position of the first maximum.
    public func argmax(
        _ x: DeviceMemory, outer: Int, count: Int, inner: Int, into indices: DeviceMemory
    ) {
        let x = x.floats
        let indices = indices.integers
        if inner == 1 {
            forEachBlock(ofRows: outer, rowLength: count) { rows, _ in
                let begin = rows.lowerBound
                residual_argmax_rows(x + begin * count, rows.count, count, indices + begin)
            }
            return
        }
        // 64 columns of one slice are a unit of work.
        let pieces = (inner + 63) / 64
        forEachBlock(ofRows: outer * pieces, rowLength: 64 * count) { units, _ in
            for unit in units {
                let slice = unit / pieces
                let begin = unit % pieces * 64
                residual_argmax_columns(
                    x + slice * count * inner, count, inner, begin, min(begin + 64, inner),
                    indices + slice * inner)
            }
        }
    }

    /// The sum of the squares of all elements.
    public func sumOfSquares(_ x: DeviceMemory, count: Int, into sum: DeviceMemory) {
        let geometry = ReductionGeometry(dimensions: [count], isReduced: [true])
        reduce(RESIDUAL_SUM_OF_SQUARES, x.floats, geometry, scale: 1, into: sum.floats)
    }
}

extension CPUBackend {
    /// y = scale · reduction. Terms are folded in an order that follows from the shape: in one piece
    /// where there are many results, else in pieces of fixed size whose totals are added in order.
    private func reduce(
        _ function: residual_reduction, _ x: UnsafePointer<Float>, _ geometry: ReductionGeometry,
        scale: Double, into y: UnsafeMutablePointer<Float>
    ) {
        let plan = ReductionPlan(geometry)
        let width = plan.unitColumns
        if plan.pieceCount == 1 {
            forEachBlock(ofRows: plan.unitCount, rowLength: plan.rows * width) { units, worker in
                let totals = scratch(worker, doubles: width)
                for unit in units {
                    plan.fold(function, x, unit: unit, piece: 0, into: totals)
                    residual_reduce_parts(
                        function, totals, 1, width, plan.columnCount(unit), scale,
                        y + plan.resultOffset(unit))
                }
            }
            return
        }
        let pieces = plan.pieceCount
        withTemporary(doubles: plan.unitCount * pieces * width) { totals in
            pool.parallelFor(plan.unitCount * pieces) { index, _ in
                plan.fold(
                    function, x, unit: index / pieces, piece: index % pieces,
                    into: totals + index * width)
            }
            pool.parallelFor(plan.unitCount) { unit, _ in
                residual_reduce_parts(
                    function, totals + unit * pieces * width, pieces, width,
                    plan.columnCount(unit), scale, y + plan.resultOffset(unit))
            }
        }
    }
}

/// A reduction as rows of columns: every unit of work gives some neighbouring results, each from
/// `rows` terms.
private struct ReductionPlan {
    /// The results side by side in memory; 1 if the last axis is reduced.
    let columns: Int
    /// The columns of one unit.
    let unitColumns: Int
    /// The terms of a result.
    let rows: Int
    /// The rows that are folded in one go.
    let rowsPerPiece: Int
    /// Where results and runs of terms lie.
    private var results = Axes()
    private var terms = Axes()
    /// The terms at a regular distance.
    private let runLength: Int

    init(_ geometry: ReductionGeometry) {
        var dimensions = geometry.dimensions
        var isReduced = geometry.isReduced
        var stride = 1
        func dropLast() -> Int {
            let extent = dimensions.removeLast()
            isReduced.removeLast()
            stride *= extent
            return extent
        }
        columns = isReduced.last == false ? dropLast() : 1
        runLength = isReduced.isEmpty ? 1 : dropLast()
        while let extent = dimensions.last, let flag = isReduced.last {
            if flag {
                terms.extents.insert(extent, at: 0)
                terms.strides.insert(stride, at: 0)
            } else {
                results.extents.insert(extent, at: 0)
                results.strides.insert(stride, at: 0)
            }
            _ = dropLast()
        }
        rows = terms.count * runLength
        unitColumns = columns <= 2048 ? columns : 1024
        let units = results.count * ((columns + unitColumns - 1) / max(unitColumns, 1))
        let isOnePiece = units >= 64 || rows * unitColumns <= 2 * CPUBackend.blockLength
        let wanted = 2 * CPUBackend.blockLength / max(unitColumns, 1)
        rowsPerPiece = isOnePiece ? max(rows, 1) : max(128, wanted, (rows + 255) / 256)
    }

    private var columnPieces: Int { (columns + unitColumns - 1) / max(unitColumns, 1) }
    var unitCount: Int { results.count * columnPieces }
    var pieceCount: Int { max(1, (rows + rowsPerPiece - 1) / rowsPerPiece) }

    private func firstColumn(_ unit: Int) -> Int { unit % columnPieces * unitColumns }
    func columnCount(_ unit: Int) -> Int { min(unitColumns, columns - firstColumn(unit)) }
    func resultOffset(_ unit: Int) -> Int { unit / columnPieces * columns + firstColumn(unit) }

    func fold(
        _ function: residual_reduction, _ x: UnsafePointer<Float>, unit: Int, piece: Int,
        into totals: UnsafeMutablePointer<Double>
    ) {
        let count = columnCount(unit)
        let start = x + results.offset(unit / columnPieces) + firstColumn(unit)
        totals.update(repeating: residual_reduction_start(function), count: count)
        var row = piece * rowsPerPiece
        let end = min(row + rowsPerPiece, rows)
        while row < end {
            let skipped = row % runLength
            let length = min(runLength - skipped, end - row)
            let run = start + terms.offset(row / runLength) + skipped * columns
            if columns == 1 {
                residual_reduce_run(function, run, length, totals)
            } else {
                residual_reduce_rows(function, run, length, columns, count, totals)
            }
            row += length
        }
    }
}

extension ReductionGeometry {
    /// The unreduced array and, repeated, the result.
    fileprivate var repeatingSecond: BroadcastGeometry {
        var full: [Int] = []
        var repeated: [Int] = []
        var fullStride = 1
        var stride = 1
        for (extent, flag) in zip(dimensions, isReduced).reversed() {
            full.insert(fullStride, at: 0)
            repeated.insert(flag ? 0 : stride, at: 0)
            fullStride *= extent
            if !flag { stride *= extent }
        }
        return BroadcastGeometry(dimensions: dimensions, xStrides: full, yStrides: repeated)
    }
}

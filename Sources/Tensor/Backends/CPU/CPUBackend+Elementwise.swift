import Kernels

extension CPUBackend {
    /// Copies a block.
    public func copy(_ source: DeviceMemory, into destination: DeviceMemory) {
        let length = 4 * CPUBackend.blockLength
        forEachBlock(of: source.byteCount, length: length) { block, _ in
            (destination.raw + block.lowerBound).copyMemory(
                from: source.raw + block.lowerBound, byteCount: block.count)
        }
    }

    /// Sets elements.
    public func fill(_ value: Float, count: Int, into destination: DeviceMemory) {
        let destination = destination.values
        forEachBlock(of: count) { block, _ in
            residual_fill(value, block.count, destination + block.lowerBound)
        }
    }

    /// y = f(x).
    public func unary(
        _ function: UnaryFunction, _ x: DeviceMemory, count: Int, into y: DeviceMemory
    ) {
        checkTypes("unary", x, y)
        let x = x.values
        let y = y.values
        forEachBlock(of: count) { block, _ in
            let begin = block.lowerBound
            residual_unary(function.kernel, x + begin, block.count, y + begin)
        }
    }

    /// dx = f′ · dy.
    public func unaryGradient(
        _ function: UnaryFunction, saved: DeviceMemory, dy: DeviceMemory, count: Int,
        into dx: DeviceMemory
    ) {
        checkTypes("unaryGradient", dx, saved, dy)
        let saved = saved.values
        let dy = dy.values
        let dx = dx.values
        forEachBlock(of: count) { block, _ in
            let begin = block.lowerBound
            residual_unary_gradient(
                function.kernel, saved + begin, dy + begin, block.count, dx + begin)
        }
    }

    /// z = x ∘ y, either of them repeated along some axes.
    public func binary(
        _ function: BinaryFunction, _ x: DeviceMemory, _ y: DeviceMemory,
        _ geometry: BroadcastGeometry, into z: DeviceMemory
    ) {
        checkTypes("binary", z, x, y)
        combine(function.kernel, x.values, y.values, geometry, into: z.values)
    }

    /// y = scale · x + offset.
    public func scale(
        _ x: DeviceMemory, by scale: Float, plus offset: Float, count: Int, into y: DeviceMemory
    ) {
        checkTypes("scale", x, y)
        let x = x.values
        let y = y.values
        forEachBlock(of: count) { block, _ in
            residual_scale(
                x + block.lowerBound, scale, offset, block.count, y + block.lowerBound)
        }
    }

    /// sum += x.
    public func accumulate(_ x: DeviceMemory, count: Int, into sum: DeviceMemory) {
        checkTypes("accumulate", sum, x)
        let x = x.values
        let sum = sum.values
        forEachBlock(of: count) { block, _ in
            residual_accumulate(x + block.lowerBound, block.count, sum + block.lowerBound)
        }
    }

    /// y = x within bounds; NaN stays.
    public func clamp(
        _ x: DeviceMemory, lower: Float, upper: Float, count: Int, into y: DeviceMemory
    ) {
        checkTypes("clamp", x, y)
        let x = x.values
        let y = y.values
        forEachBlock(of: count) { block, _ in
            residual_clamp(x + block.lowerBound, lower, upper, block.count, y + block.lowerBound)
        }
    }

    /// y = x · mask / (1 − p). Blocks start at whole blocks of the stream.
    public func dropout(
        _ x: DeviceMemory, probability: Float, key: RandomKey, count: Int, into y: DeviceMemory
    ) {
        checkTypes("dropout", x, y)
        let x = x.values
        let y = y.values
        let stream = residual_philox(
            counter1: key.purpose.rawValue, counter2: UInt32(truncatingIfNeeded: key.epoch),
            counter3: UInt32(truncatingIfNeeded: key.index),
            key0: UInt32(truncatingIfNeeded: key.seed),
            key1: UInt32(truncatingIfNeeded: key.seed >> 32))
        // word · 2⁻³² ≥ p exactly when word ≥ ⌈p · 2³²⌉; p < 1 is at most 1 − 2⁻²⁴.
        let threshold = UInt32((Double(probability) * 0x1p32).rounded(.up))
        let scale = Float(1 / (1 - Double(probability)))
        forEachBlock(of: count) { block, _ in
            let begin = block.lowerBound
            residual_dropout(
                x + begin, stream, begin, threshold, scale, block.count, y + begin)
        }
    }
}

extension CPUBackend {
    /// `binary` with all functions that the kernels have. z may be x or y where that is not repeated.
    func combine(
        _ function: residual_binary_function, _ x: residual_values, _ y: residual_values,
        _ geometry: BroadcastGeometry, into z: residual_values
    ) {
        let plan = BroadcastPlan(geometry)
        forEachBlock(of: plan.pieceCount, length: plan.piecesPerBlock) { pieces, _ in
            for index in pieces {
                let piece = plan.piece(index)
                residual_binary(
                    function,
                    residual_operand(
                        values: x + piece.x, row_step: plan.xSteps.row,
                        column_step: plan.xSteps.column),
                    residual_operand(
                        values: y + piece.y, row_step: plan.ySteps.row,
                        column_step: plan.ySteps.column),
                    piece.rows, piece.columns, z + piece.z, plan.columns)
            }
        }
    }
}

/// An element-wise operation cut into pieces of its last two axes.
private struct BroadcastPlan {
    let rows: Int
    let columns: Int
    let xSteps: (row: Int, column: Int)
    let ySteps: (row: Int, column: Int)
    let rowsPerPiece: Int
    let columnsPerPiece: Int
    private var xOuter = Axes()
    private var yOuter = Axes()

    init(_ geometry: BroadcastGeometry) {
        let rank = geometry.dimensions.count
        func last(_ values: [Int], _ back: Int, or other: Int) -> Int {
            rank >= back ? values[rank - back] : other
        }
        rows = last(geometry.dimensions, 2, or: 1)
        columns = last(geometry.dimensions, 1, or: 1)
        xSteps = (last(geometry.xStrides, 2, or: 0), last(geometry.xStrides, 1, or: 0))
        ySteps = (last(geometry.yStrides, 2, or: 0), last(geometry.yStrides, 1, or: 0))
        for axis in 0..<max(rank - 2, 0) {
            xOuter.append(extent: geometry.dimensions[axis], stride: geometry.xStrides[axis])
            yOuter.append(extent: geometry.dimensions[axis], stride: geometry.yStrides[axis])
        }
        columnsPerPiece = min(max(columns, 1), CPUBackend.blockLength)
        rowsPerPiece = min(max(rows, 1), max(1, CPUBackend.blockLength / columnsPerPiece))
    }

    private var rowPieces: Int { (rows + rowsPerPiece - 1) / rowsPerPiece }
    private var columnPieces: Int { (columns + columnsPerPiece - 1) / columnsPerPiece }

    var pieceCount: Int { xOuter.count * rowPieces * columnPieces }
    var piecesPerBlock: Int { max(1, CPUBackend.blockLength / (rowsPerPiece * columnsPerPiece)) }

    func piece(_ index: Int) -> (x: Int, y: Int, z: Int, rows: Int, columns: Int) {
        let column = index % columnPieces * columnsPerPiece
        let row = index / columnPieces % rowPieces * rowsPerPiece
        let outer = index / columnPieces / rowPieces
        return (
            x: xOuter.offset(outer) + row * xSteps.row + column * xSteps.column,
            y: yOuter.offset(outer) + row * ySteps.row + column * ySteps.column,
            z: (outer * rows + row) * columns + column,
            rows: min(rowsPerPiece, rows - row), columns: min(columnsPerPiece, columns - column)
        )
    }
}

extension UnaryFunction {
    fileprivate var kernel: residual_unary_function {
        switch self {
        case .relu: RESIDUAL_RELU
        case .gelu: RESIDUAL_GELU
        case .silu: RESIDUAL_SILU
        case .sigmoid: RESIDUAL_SIGMOID
        case .tanh: RESIDUAL_TANH
        case .exp: RESIDUAL_EXP
        case .log: RESIDUAL_LOG
        }
    }
}

extension BinaryFunction {
    fileprivate var kernel: residual_binary_function {
        switch self {
        case .add: RESIDUAL_ADD
        case .subtract: RESIDUAL_SUBTRACT
        case .multiply: RESIDUAL_MULTIPLY
        case .divide: RESIDUAL_DIVIDE
        }
    }
}

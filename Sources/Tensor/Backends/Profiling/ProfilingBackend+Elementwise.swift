extension ProfilingBackend {
    /// y = f(x).
    public func unary(
        _ function: UnaryFunction, _ x: DeviceMemory, count: Int, into y: DeviceMemory
    ) {
        measure(
            function.operationName, .elements(count), bytes: 2 * count * y.elementType.byteCount
        ) {
            target.unary(function, x, count: count, into: y)
        }
    }

    /// dx = f′ · dy.
    public func unaryGradient(
        _ function: UnaryFunction, saved: DeviceMemory, dy: DeviceMemory, count: Int,
        into dx: DeviceMemory
    ) {
        measure(
            function.gradientName, .elements(count), bytes: 3 * count * dx.elementType.byteCount
        ) {
            target.unaryGradient(function, saved: saved, dy: dy, count: count, into: dx)
        }
    }

    /// z = x ∘ y.
    public func binary(
        _ function: BinaryFunction, _ x: DeviceMemory, _ y: DeviceMemory,
        _ geometry: BroadcastGeometry, into z: DeviceMemory
    ) {
        let operands =
            geometry.operandCount(geometry.xStrides)
            + geometry.operandCount(geometry.yStrides)
        measure(
            function.operationName, .elements(geometry.count),
            bytes: z.elementType.byteCount * (operands + geometry.count)
        ) {
            target.binary(function, x, y, geometry, into: z)
        }
    }

    /// y = scale · x + offset.
    public func scale(
        _ x: DeviceMemory, by scale: Float, plus offset: Float, count: Int, into y: DeviceMemory
    ) {
        measure("scale", .elements(count), bytes: 2 * count * y.elementType.byteCount) {
            target.scale(x, by: scale, plus: offset, count: count, into: y)
        }
    }

    /// sum += x.
    public func accumulate(_ x: DeviceMemory, count: Int, into sum: DeviceMemory) {
        measure("accumulate", .elements(count), bytes: 3 * count * sum.elementType.byteCount) {
            target.accumulate(x, count: count, into: sum)
        }
    }

    /// y = x · mask / (1 − p).
    public func dropout(
        _ x: DeviceMemory, probability: Float, key: RandomKey, count: Int, into y: DeviceMemory
    ) {
        measure("dropout", .elements(count), bytes: 2 * count * y.elementType.byteCount) {
            target.dropout(x, probability: probability, key: key, count: count, into: y)
        }
    }

    /// y = min(max(x, lower), upper).
    public func clamp(
        _ x: DeviceMemory, lower: Float, upper: Float, count: Int, into y: DeviceMemory
    ) {
        measure("clamp", .elements(count), bytes: 2 * count * y.elementType.byteCount) {
            target.clamp(x, lower: lower, upper: upper, count: count, into: y)
        }
    }
}

// Written out, as describing a case at run time costs more than many an operation.

extension UnaryFunction {
    fileprivate var operationName: String {
        switch self {
        case .relu: "relu"
        case .gelu: "gelu"
        case .silu: "silu"
        case .sigmoid: "sigmoid"
        case .tanh: "tanh"
        case .exp: "exp"
        case .log: "log"
        }
    }

    fileprivate var gradientName: String {
        switch self {
        case .relu: "relu gradient"
        case .gelu: "gelu gradient"
        case .silu: "silu gradient"
        case .sigmoid: "sigmoid gradient"
        case .tanh: "tanh gradient"
        case .exp: "exp gradient"
        case .log: "log gradient"
        }
    }
}

extension BinaryFunction {
    fileprivate var operationName: String {
        switch self {
        case .add: "add"
        case .subtract: "subtract"
        case .multiply: "multiply"
        case .divide: "divide"
        }
    }
}

extension BroadcastGeometry {
    /// The elements of an operand with these steps: those along axes where it is not repeated.
    fileprivate func operandCount(_ strides: [Int]) -> Int {
        zip(dimensions, strides).reduce(1) { $1.1 == 0 ? $0 : $0 * $1.0 }
    }
}

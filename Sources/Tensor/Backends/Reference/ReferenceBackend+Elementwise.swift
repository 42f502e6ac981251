extension ReferenceBackend {
    /// y = f(x).
    public func unary(
        _ function: UnaryFunction, _ x: DeviceMemory, count: Int, into y: DeviceMemory
    ) {
        let x = floats(x)
        let y = floats(y)
        for i in 0..<count { y[i] = Float(value(function, Double(x[i]))) }
    }

    /// dx = f′ · dy.
    public func unaryGradient(
        _ function: UnaryFunction, saved: DeviceMemory, dy: DeviceMemory, count: Int,
        into dx: DeviceMemory
    ) {
        let saved = floats(saved)
        let dy = floats(dy)
        let dx = floats(dx)
        for i in 0..<count {
            dx[i] = Float(derivative(function, saved: Double(saved[i])) * Double(dy[i]))
        }
    }

    /// z = x ∘ y, either of them repeated along some axes.
    public func binary(
        _ function: BinaryFunction, _ x: DeviceMemory, _ y: DeviceMemory,
        _ geometry: BroadcastGeometry, into z: DeviceMemory
    ) {
        let x = floats(x)
        let y = floats(y)
        let z = floats(z)
        forEachIndex(geometry.dimensions) { i, index in
            let a = Double(x[dot(index, geometry.xStrides)])
            let b = Double(y[dot(index, geometry.yStrides)])
            switch function {
            case .add: z[i] = Float(a + b)
            case .subtract: z[i] = Float(a - b)
            case .multiply: z[i] = Float(a * b)
            case .divide: z[i] = Float(a / b)
            }
        }
    }

    /// y = scale · x + offset.
    public func scale(
        _ x: DeviceMemory, by scale: Float, plus offset: Float, count: Int, into y: DeviceMemory
    ) {
        let x = floats(x)
        let y = floats(y)
        for i in 0..<count { y[i] = Float(Double(scale) * Double(x[i]) + Double(offset)) }
    }

    /// sum += x.
    public func accumulate(_ x: DeviceMemory, count: Int, into sum: DeviceMemory) {
        let x = floats(x)
        let sum = floats(sum)
        for i in 0..<count { sum[i] += x[i] }
    }

    /// y = x · mask / (1 − p).
    public func dropout(
        _ x: DeviceMemory, probability: Float, key: RandomKey, count: Int, into y: DeviceMemory
    ) {
        let x = floats(x)
        let y = floats(y)
        for i in 0..<count {
            let fraction = Double(key.bits(at: UInt32(i / 4))[i % 4]) * 0x1p-32
            let isKept = fraction >= Double(probability)
            y[i] = isKept ? Float(Double(x[i]) / (1 - Double(probability))) : 0
        }
    }

    /// y = x within bounds.
    public func clamp(
        _ x: DeviceMemory, lower: Float, upper: Float, count: Int, into y: DeviceMemory
    ) {
        let x = floats(x)
        let y = floats(y)
        for i in 0..<count { y[i] = min(max(x[i], lower), upper) }
    }
}

/// σ(x), without overflow on either side.
func logistic(_ x: Double) -> Double {
    x >= 0 ? 1 / (1 + exponential(-x)) : exponential(x) / (1 + exponential(x))
}

private func value(_ function: UnaryFunction, _ x: Double) -> Double {
    switch function {
    case .relu: x < 0 ? 0 : x
    case .gelu: x * normalDistribution(x)
    case .silu: x * logistic(x)
    case .sigmoid: logistic(x)
    case .tanh: hyperbolicTangent(x)
    case .exp: exponential(x)
    case .log: logarithm(x)
    }
}

/// f′ from the argument x or the value y, as `UnaryFunction.saves` says.
private func derivative(_ function: UnaryFunction, saved: Double) -> Double {
    switch function {
    case .relu: return saved > 0 ? 1 : 0
    case .gelu:
        let density = exponential(-saved * saved / 2) / (2 * Double.pi).squareRoot()
        return normalDistribution(saved) + saved * density
    case .silu: return logistic(saved) * (1 + saved * (1 - logistic(saved)))
    case .sigmoid: return saved * (1 - saved)
    case .tanh: return 1 - saved * saved
    case .exp: return saved
    case .log: return 1 / saved
    }
}

/// Φ(x), the distribution function of the standard normal distribution.
private func normalDistribution(_ x: Double) -> Double {
    0.5 * (1 + errorFunction(x / 2.0.squareRoot()))
}

/// Calls `body(offset, index)` for every index of an array in row-major order.
func forEachIndex(_ dimensions: [Int], _ body: (_ offset: Int, _ index: [Int]) -> Void) {
    var index = [Int](repeating: 0, count: dimensions.count)
    for offset in 0..<dimensions.reduce(1, *) {
        body(offset, index)
        for axis in dimensions.indices.reversed() {
            index[axis] += 1
            if index[axis] < dimensions[axis] { break }
            index[axis] = 0
        }
    }
}

/// Σ index · strides: where an element lies.
func dot(_ index: [Int], _ strides: [Int]) -> Int {
    zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 }
}

extension ReferenceBackend {
    /// y = scale · Σ x over the reduced axes.
    public func reduceSum(
        _ x: DeviceMemory, _ geometry: ReductionGeometry, scale: Float, into y: DeviceMemory
    ) {
        let x = floats(x)
        let y = floats(y)
        var sums = [Double](repeating: 0, count: geometry.resultCount)
        forEachPair(geometry) { sums[$1] += Double(x[$0]) }
        for (i, sum) in sums.enumerated() { y[i] = Float(Double(scale) * sum) }
    }

    /// y = max x over the reduced axes.
    public func reduceMax(_ x: DeviceMemory, _ geometry: ReductionGeometry, into y: DeviceMemory) {
        let x = floats(x)
        let y = floats(y)
        for i in 0..<geometry.resultCount { y[i] = -.infinity }
        forEachPair(geometry) { if x[$0] > y[$1] || x[$0].isNaN { y[$1] = x[$0] } }
    }

    /// dx = dy / (number of maxima) where x is the maximum, else 0.
    public func reduceMaxGradient(
        x: DeviceMemory, y: DeviceMemory, dy: DeviceMemory, _ geometry: ReductionGeometry,
        into dx: DeviceMemory
    ) {
        let x = floats(x)
        let y = floats(y)
        let dy = floats(dy)
        let dx = floats(dx)
        var ties = [Int](repeating: 0, count: geometry.resultCount)
        forEachPair(geometry) { if x[$0] == y[$1] { ties[$1] += 1 } }
        forEachPair(geometry) {
            dx[$0] = x[$0] == y[$1] ? Float(Double(dy[$1]) / Double(ties[$1])) : 0
        }
    }

    /// y = scale · x repeated over the reduced axes.
    public func expand(
        _ x: DeviceMemory, _ geometry: ReductionGeometry, scale: Float, into y: DeviceMemory
    ) {
        let x = floats(x)
        let y = floats(y)
        forEachPair(geometry) { y[$0] = Float(Double(scale) * Double(x[$1])) }
    }

    /// indices = position of the first maximum.
    public func argmax(
        _ x: DeviceMemory, outer: Int, count: Int, inner: Int, into indices: DeviceMemory
    ) {
        let x = floats(x)
        let indices = integers(indices)
        for o in 0..<outer {
            for i in 0..<inner {
                var best = 0
                for c in 1..<max(count, 1)
                where x[(o * count + c) * inner + i] > x[(o * count + best) * inner + i] {
                    best = c
                }
                indices[o * inner + i] = Int32(best)
            }
        }
    }

    /// The sum of the squares of all elements.
    public func sumOfSquares(_ x: DeviceMemory, count: Int, into sum: DeviceMemory) {
        let x = floats(x)
        var total = 0.0
        for i in 0..<count { total += Double(x[i]) * Double(x[i]) }
        floats(sum)[0] = Float(total)
    }

    /// Calls `body(full, reduced)` for every element of the unreduced array with the place of its
    /// result.
    private func forEachPair(
        _ geometry: ReductionGeometry, _ body: (_ full: Int, _ reduced: Int) -> Void
    ) {
        var strides = [Int](repeating: 0, count: geometry.dimensions.count)
        var step = 1
        for axis in geometry.dimensions.indices.reversed() where !geometry.isReduced[axis] {
            strides[axis] = step
            step *= geometry.dimensions[axis]
        }
        forEachIndex(geometry.dimensions) { body($0, dot($1, strides)) }
    }
}

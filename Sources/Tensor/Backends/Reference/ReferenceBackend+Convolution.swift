extension ReferenceBackend {
    /// C = op(A) · op(B) (+ bias).
    public func gemm(
        _ a: DeviceMemory, _ b: DeviceMemory, bias: DeviceMemory?, _ geometry: MatrixGeometry,
        into c: DeviceMemory
    ) {
        let g = geometry
        let a = floats(a)
        let b = floats(b)
        let bias = bias.map(floats)
        let c = floats(c)
        for batch in 0..<g.batch {
            for i in 0..<g.m {
                for j in 0..<g.n {
                    var sum = bias.map { Double($0[j]) } ?? 0
                    for k in 0..<g.k {
                        let left = a[
                            batch * g.m * g.k + (g.transposesA ? k * g.m + i : i * g.k + k)]
                        let right = b[
                            batch * g.k * g.n + (g.transposesB ? j * g.k + k : k * g.n + j)]
                        sum += Double(left) * Double(right)
                    }
                    c[(batch * g.m + i) * g.n + j] = Float(sum)
                }
            }
        }
    }

    /// y = x ∗ w (+ bias).
    public func conv2d(
        _ x: DeviceMemory, filter w: DeviceMemory, bias: DeviceMemory?, _ geometry: Conv2dGeometry,
        into y: DeviceMemory
    ) {
        write(convolved(x, w, bias, geometry), to: floats(y))
    }

    private func convolved(
        _ x: DeviceMemory, _ w: DeviceMemory, _ bias: DeviceMemory?, _ geometry: Conv2dGeometry
    ) -> [Double] {
        let x = floats(x)
        let w = floats(w)
        var sums = [Double](repeating: 0, count: geometry.outputCount)
        if let bias = bias.map(floats) {
            for i in sums.indices { sums[i] = Double(bias[i % geometry.outputChannels]) }
        }
        forEachProduct(geometry) { sums[$2] += Double(x[$0]) * Double(w[$1]) }
        return sums
    }

    /// The filter as it is.
    public func preparedFilterByteCount(_ geometry: Conv2dGeometry) -> Int {
        geometry.filterCount * 4
    }

    /// Copies the filter.
    public func prepareFilter(
        _ w: DeviceMemory, _ geometry: Conv2dGeometry, into prepared: DeviceMemory
    ) {
        copy(w, into: prepared)
    }

    /// y = x ∗ w (+ bias) (+ residual), cut at 0 if `relu`.
    public func conv2d(
        _ x: DeviceMemory, prepared: DeviceMemory, bias: DeviceMemory?, residual: DeviceMemory?,
        relu: Bool, _ geometry: Conv2dGeometry, into y: DeviceMemory
    ) {
        let residual = residual.map(floats)
        let sums = convolved(x, prepared, bias, geometry).enumerated().map { i, sum in
            let sum = sum + Double(residual?[i] ?? 0)
            return relu && sum < 0 ? 0 : sum
        }
        write(sums, to: floats(y))
    }

    /// dx from dy.
    public func conv2dInputGradient(
        dy: DeviceMemory, filter w: DeviceMemory, _ geometry: Conv2dGeometry, into dx: DeviceMemory
    ) {
        let dy = floats(dy)
        let w = floats(w)
        let count = geometry.batch * geometry.height * geometry.width
        var sums = [Double](repeating: 0, count: count * geometry.inputChannels)
        forEachProduct(geometry) { sums[$0] += Double(dy[$2]) * Double(w[$1]) }
        write(sums, to: floats(dx))
    }

    /// dw from dy and x.
    public func conv2dFilterGradient(
        dy: DeviceMemory, _ x: DeviceMemory, _ geometry: Conv2dGeometry, into dw: DeviceMemory
    ) {
        let dy = floats(dy)
        let x = floats(x)
        let count = geometry.kernel.height * geometry.kernel.width * geometry.outputChannels
        var sums = [Double](
            repeating: 0, count: count * geometry.inputChannels / geometry.groups)
        forEachProduct(geometry) { sums[$1] += Double(dy[$2]) * Double(x[$0]) }
        write(sums, to: floats(dw))
    }

    /// Calls `body(x, w, y)` with the places of the factors and the result of every product.
    private func forEachProduct(_ g: Conv2dGeometry, _ body: (Int, Int, Int) -> Void) {
        let outputs = g.outputChannels / g.groups
        forEachIndex([g.batch, g.outputHeight, g.outputWidth, g.kernel.height, g.kernel.width]) {
            _, index in
            let h = index[1] * g.stride.height - g.padding.height + index[3] * g.dilation.height
            let w = index[2] * g.stride.width - g.padding.width + index[4] * g.dilation.width
            guard (0..<g.height).contains(h), (0..<g.width).contains(w) else { return }
            let pixel = (index[0] * g.height + h) * g.width + w
            let result = (index[0] * g.outputHeight + index[1]) * g.outputWidth + index[2]
            let tap = index[3] * g.kernel.width + index[4]
            let inputs = g.inputChannels / g.groups
            for i in 0..<inputs {
                for o in 0..<g.outputChannels {
                    body(
                        pixel * g.inputChannels + o / outputs * inputs + i,
                        (tap * inputs + i) * g.outputChannels + o,
                        result * g.outputChannels + o)
                }
            }
        }
    }
}

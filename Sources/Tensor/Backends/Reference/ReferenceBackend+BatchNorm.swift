extension ReferenceBackend {
    /// Mean and biased variance of each channel, then as `batchNormInference`.
    public func batchNormTraining(
        _ x: DeviceMemory, scale: DeviceMemory, shift: DeviceMemory, residual: DeviceMemory?,
        _ geometry: BatchNormGeometry, into y: DeviceMemory, mean: DeviceMemory,
        variance: DeviceMemory
    ) {
        let values = floats(x)
        let means = floats(mean)
        let variances = floats(variance)
        let rows = Double(geometry.rows)
        for c in 0..<geometry.channels {
            var sum = 0.0
            for row in 0..<geometry.rows { sum += Double(values[row * geometry.channels + c]) }
            var squares = 0.0
            for row in 0..<geometry.rows {
                let distance = Double(values[row * geometry.channels + c]) - sum / rows
                squares += distance * distance
            }
            means[c] = Float(sum / rows)
            variances[c] = Float(squares / rows)
        }
        batchNormInference(
            x, scale: scale, shift: shift, mean: mean, variance: variance, residual: residual,
            geometry, into: y)
    }

    /// y = (x − mean) / √(variance + ε) · scale + shift (+ residual), cut at 0 if `relu`.
    public func batchNormInference(
        _ x: DeviceMemory, scale: DeviceMemory, shift: DeviceMemory, mean: DeviceMemory,
        variance: DeviceMemory, residual: DeviceMemory?, _ geometry: BatchNormGeometry,
        into y: DeviceMemory
    ) {
        let x = floats(x)
        let scale = floats(scale)
        let shift = floats(shift)
        let residual = residual.map(floats)
        let y = floats(y)
        let normalized = normalization(mean: mean, variance: variance, geometry)
        for i in 0..<geometry.rows * geometry.channels {
            let c = i % geometry.channels
            var sum = normalized(x[i], c) * Double(scale[c]) + Double(shift[c])
            if let residual { sum += Double(residual[i]) }
            y[i] = Float(geometry.relu && sum < 0 ? 0 : sum)
        }
    }

    /// With g = dy where y > 0 (x̂ · scale + shift > 0 if y is nil, everywhere without `relu`) and x̂ the normalised x: dshift = Σ g,
    /// dscale = Σ g · x̂, dx = scale / √(variance + ε) · (g − mean g − x̂ · mean(g · x̂)), the means
    /// only if mean and variance depend on x.
    public func batchNormGradient(
        dy: DeviceMemory, x: DeviceMemory, y: DeviceMemory?, scale: DeviceMemory,
        shift: DeviceMemory, mean: DeviceMemory, variance: DeviceMemory,
        usesBatchStatistics: Bool,
        _ geometry: BatchNormGeometry, into dx: DeviceMemory?, dScale: DeviceMemory,
        dShift: DeviceMemory, dResidual: DeviceMemory?
    ) {
        let dy = floats(dy)
        let x = floats(x)
        let scale = floats(scale)
        let variances = floats(variance)
        let normalized = normalization(mean: mean, variance: variance, geometry)
        let y = y.map(floats)
        let shift = floats(shift)
        let channels = geometry.channels
        func masked(_ i: Int) -> Double {
            func result() -> Double {
                let c = i % channels
                return normalized(x[i], c) * Double(scale[c]) + Double(shift[c])
            }
            if geometry.relu, !(y.map { Double($0[i]) } ?? result() > 0) { return 0 }
            return Double(dy[i])
        }
        var sums = [Double](repeating: 0, count: channels)
        var products = [Double](repeating: 0, count: channels)
        for i in 0..<geometry.rows * channels {
            sums[i % channels] += masked(i)
            products[i % channels] += masked(i) * normalized(x[i], i % channels)
        }
        write(products, to: floats(dScale))
        write(sums, to: floats(dShift))
        let dx = dx.map(floats)
        let dResidual = dResidual.map(floats)
        for i in 0..<geometry.rows * channels {
            let c = i % channels
            dResidual?[i] = Float(masked(i))
            var centred = masked(i)
            if usesBatchStatistics {
                centred -= (sums[c] + normalized(x[i], c) * products[c]) / Double(geometry.rows)
            }
            let deviation = (Double(variances[c]) + Double(geometry.epsilon)).squareRoot()
            dx?[i] = Float(Double(scale[c]) / deviation * centred)
        }
    }

    /// The function (x, channel) ↦ (x − mean) / √(variance + ε).
    private func normalization(
        mean: DeviceMemory, variance: DeviceMemory, _ geometry: BatchNormGeometry
    ) -> (_ x: Float, _ channel: Int) -> Double {
        let mean = floats(mean)
        let variance = floats(variance)
        return { x, c in
            (Double(x) - Double(mean[c]))
                / (Double(variance[c]) + Double(geometry.epsilon)).squareRoot()
        }
    }
}

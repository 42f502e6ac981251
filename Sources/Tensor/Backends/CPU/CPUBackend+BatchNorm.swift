import Kernels

extension CPUBackend {
    /// Mean and biased variance of each channel, then as `batchNormInference`.
    public func batchNormTraining(
        _ x: DeviceMemory, scale: DeviceMemory, shift: DeviceMemory, residual: DeviceMemory?,
        _ geometry: BatchNormGeometry, into y: DeviceMemory, mean: DeviceMemory,
        variance: DeviceMemory
    ) {
        let layout = BatchNormLayout(geometry, x.elementType)
        let source = x.values
        let mean = (memory: mean, values: mean.floats)
        let variance = (memory: variance, values: variance.floats)
        withTemporary(doubles: layout.pieceCount * 2 * layout.columns) { parts in
            pool.parallelFor(layout.pieceCount) { index, worker in
                let piece = layout.piece(index)
                let part = parts + index * 2 * layout.columns
                residual_moments(
                    source + piece.start, piece.rows, piece.columns, part, part + piece.columns,
                    scratch(worker, floats: residual_moments_scratch(layout.columns)))
            }
            forEachBlock(ofRows: geometry.channels, rowLength: layout.partCount) { channels, _ in
                for channel in channels {
                    let moments = layout.moments(parts, channel)
                    mean.values[channel] = Float(moments.mean)
                    variance.values[channel] = Float(moments.variance)
                }
            }
        }
        batchNormInference(
            x, scale: scale, shift: shift, mean: mean.memory, variance: variance.memory,
            residual: residual, geometry, into: y)
    }

    /// y = (x − mean) / √(variance + ε) · scale + shift (+ residual), cut at 0 if `relu`.
    public func batchNormInference(
        _ x: DeviceMemory, scale: DeviceMemory, shift: DeviceMemory, mean: DeviceMemory,
        variance: DeviceMemory, residual: DeviceMemory?, _ geometry: BatchNormGeometry,
        into y: DeviceMemory
    ) {
        checkTypes("batchNorm", x, y, residual)
        let layout = BatchNormLayout(geometry, x.elementType)
        let x = x.values
        let y = y.values
        let residual = residual.values
        let (scale, shift, mean, variance) = (
            scale.floats, shift.floats, mean.floats, variance.floats
        )
        withTemporary(floats: 3 * layout.columns) { values in
            let (means, factors, shifts) = layout.three(values)
            for column in 0..<layout.columns {
                let channel = column % geometry.channels
                means[column] = mean[channel]
                factors[column] = Float(
                    Double(scale[channel]) * geometry.inverseDeviation(variance[channel]))
                shifts[column] = shift[channel]
            }
            let normalization = residual_normalization(
                mean: means, factor: factors, shift: shifts)
            layout.forEachBlock(in: self) { block in
                residual_normalize(
                    x + block.start, residual + block.start, normalization,
                    geometry.relu, layout.streams, block.rows, block.columns, y + block.start)
            }
        }
    }

    /// With g = dy where y > 0 (everywhere without `relu`) and x̂ the normalised x: dshift = Σ g,
    /// dscale = Σ g · x̂, dx = scale / √(variance + ε) · (g − mean g − x̂ · mean(g · x̂)), the means
    /// only if mean and variance depend on x.
    public func batchNormGradient(
        dy: DeviceMemory, x: DeviceMemory, y: DeviceMemory?, scale: DeviceMemory,
        mean: DeviceMemory, variance: DeviceMemory, usesBatchStatistics: Bool,
        _ geometry: BatchNormGeometry, into dx: DeviceMemory?, dScale: DeviceMemory,
        dShift: DeviceMemory, dResidual: DeviceMemory?
    ) {
        if geometry.relu, y == nil { fatalError("batchNormGradient: relu needs y") }
        checkTypes("batchNormGradient", dy, x, y, dx, dResidual)
        let layout = BatchNormLayout(geometry, dy.elementType)
        let pass = BatchNormGradient(
            dy: dy.values, x: x.values, y: geometry.relu ? y.values : .none, scale: scale.floats,
            mean: mean.floats, variance: variance.floats, geometry: geometry, layout: layout)
        let (dScale, dShift) = (dScale.floats, dShift.floats)
        withTemporary(floats: 4 * layout.columns) { values in
            let slope = pass.slope(values)
            withTemporary(doubles: layout.pieceCount * 2 * layout.columns) { parts in
                pool.parallelFor(layout.pieceCount) { index, worker in
                    pass.sum(
                        piece: index, parts, mean: slope.mean,
                        scratch: scratch(
                            worker, floats: residual_moments_scratch(layout.columns)))
                }
                forEachBlock(ofRows: geometry.channels, rowLength: layout.partCount) {
                    channels, _ in
                    for channel in channels {
                        let sums = layout.sums(parts, channel)
                        dShift[channel] = Float(sums.first)
                        dScale[channel] = Float(
                            sums.second * geometry.inverseDeviation(pass.variance[channel]))
                        pass.setSlope(values, channel, sums)
                    }
                }
            }
            if dx == nil, dResidual == nil { return }
            let source = usesBatchStatistics ? pass.x : .none
            let (dx, dResidual) = (dx.values, dResidual.values)
            layout.forEachBlock(in: self) { block in
                let start = block.start
                residual_normalization_gradient(
                    pass.dy + start, source + start, pass.y + start, slope, layout.streams,
                    block.rows, block.columns, dx + start, dResidual + start)
            }
        }
    }
}

/// The inputs of a gradient, and the coefficients of dx that follow from their sums.
private struct BatchNormGradient {
    let dy: residual_values
    let x: residual_values
    let y: residual_values
    let scale: UnsafePointer<Float>
    let mean: UnsafePointer<Float>
    let variance: UnsafePointer<Float>
    let geometry: BatchNormGeometry
    let layout: BatchNormLayout

    /// The four coefficients of each column, of which the mean is set at once.
    func slope(_ values: UnsafeMutablePointer<Float>) -> residual_normalization_slope {
        for column in 0..<layout.columns { values[column] = mean[column % geometry.channels] }
        return residual_normalization_slope(
            mean: values, factor: values + layout.columns, slope: values + 2 * layout.columns,
            offset: values + 3 * layout.columns)
    }

    /// Σ g and Σ g · (x − mean) of a piece.
    func sum(
        piece index: Int, _ parts: UnsafeMutablePointer<Double>, mean: UnsafePointer<Float>,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let piece = layout.piece(index)
        let part = parts + index * 2 * layout.columns
        residual_normalization_sums(
            dy + piece.start, x + piece.start, y + piece.start, mean, piece.rows,
            piece.columns, part, part + piece.columns, scratch)
    }

    /// Sets the other three in every column of `channel`.
    func setSlope(
        _ values: UnsafeMutablePointer<Float>, _ channel: Int,
        _ sums: (first: Double, second: Double)
    ) {
        let inverse = geometry.inverseDeviation(variance[channel])
        let rows = Double(geometry.rows)
        for column in stride(from: channel, to: layout.columns, by: geometry.channels) {
            values[layout.columns + column] = Float(Double(scale[channel]) * inverse)
            values[2 * layout.columns + column] = Float(inverse * inverse * sums.second / rows)
            values[3 * layout.columns + column] = Float(sums.first / rows)
        }
    }
}

extension BatchNormGeometry {
    /// 1 / √(variance + ε).
    fileprivate func inverseDeviation(_ variance: Float) -> Double {
        1 / (Double(variance) + Double(epsilon)).squareRoot()
    }
}

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
                factors[column] = geometry.factor(scale[channel], variance[channel])
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

    /// With g = dy where y > 0 (x̂ · scale + shift > 0 if y is nil, everywhere without `relu`) and x̂
    /// the normalised x: dshift = Σ g, dscale = Σ g · x̂, dx = scale / √(variance + ε) · (g − mean g − x̂ · mean(g · x̂)), the means
    /// only if mean and variance depend on x.
    public func batchNormGradient(
        dy: DeviceMemory, x: DeviceMemory, y: DeviceMemory?, scale: DeviceMemory,
        shift: DeviceMemory, mean: DeviceMemory, variance: DeviceMemory,
        usesBatchStatistics: Bool,
        _ geometry: BatchNormGeometry, into dx: DeviceMemory?, dScale: DeviceMemory,
        dShift: DeviceMemory, dResidual: DeviceMemory?
    ) {
        checkTypes("batchNormGradient", dy, x, y, dx, dResidual)
        let layout = BatchNormLayout(geometry, dy.elementType)
        let pass = BatchNormGradient(
            dy: dy.values, x: x.values, y: geometry.relu ? y.values : .none, scale: scale.floats,
            shift: shift.floats, mean: mean.floats, variance: variance.floats, geometry: geometry,
            layout: layout)
        let (dScale, dShift) = (dScale.floats, dShift.floats)
        withTemporary(floats: 5 * layout.columns) { values in
            let normalization = pass.setNormalization(values)
            let slopes = values + 3 * layout.columns
            withTemporary(doubles: layout.pieceCount * 2 * layout.columns) { parts in
                pool.parallelFor(layout.pieceCount) { index, worker in
                    pass.sum(
                        piece: index, parts, normalization,
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
                        pass.setSlope(slopes, channel, sums)
                    }
                }
            }
            if dx == nil, dResidual == nil { return }
            let slope = residual_normalization_slope(
                slope: usesBatchStatistics ? slopes : nil,
                offset: usesBatchStatistics ? slopes + layout.columns : nil)
            let (dx, dResidual) = (dx.values, dResidual.values)
            layout.forEachBlock(in: self) { block in
                let start = block.start
                residual_normalization_gradient(
                    pass.dy + start, pass.x + start, pass.y + start, pass.gate(normalization),
                    slope, layout.streams, block.rows, block.columns, dx + start,
                    dResidual + start)
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
    let shift: UnsafePointer<Float>
    let mean: UnsafePointer<Float>
    let variance: UnsafePointer<Float>
    let geometry: BatchNormGeometry
    let layout: BatchNormLayout

    /// The normalisation of each column.
    func setNormalization(_ values: UnsafeMutablePointer<Float>) -> residual_normalization {
        let (means, factors, shifts) = layout.three(values)
        for column in 0..<layout.columns {
            let channel = column % geometry.channels
            means[column] = mean[channel]
            factors[column] = geometry.factor(scale[channel], variance[channel])
            shifts[column] = shift[channel]
        }
        return residual_normalization(mean: means, factor: factors, shift: shifts)
    }

    /// Which of the gradients pass.
    func gate(_ normalization: residual_normalization) -> residual_gate {
        let cut =
            !geometry.relu
            ? RESIDUAL_NO_CUT : y.data == nil ? RESIDUAL_CUT_BY_INPUT : RESIDUAL_CUT_BY_RESULT
        return residual_gate(cut: cut, normalization: normalization)
    }

    /// Σ g and Σ g · (x − mean) of a piece.
    func sum(
        piece index: Int, _ parts: UnsafeMutablePointer<Double>,
        _ normalization: residual_normalization, scratch: UnsafeMutablePointer<Float>
    ) {
        let piece = layout.piece(index)
        let part = parts + index * 2 * layout.columns
        residual_normalization_sums(
            dy + piece.start, x + piece.start, y + piece.start, gate(normalization), piece.rows,
            piece.columns, part, part + piece.columns, scratch)
    }

    /// Sets slope and offset in every column of `channel`.
    func setSlope(
        _ values: UnsafeMutablePointer<Float>, _ channel: Int,
        _ sums: (first: Double, second: Double)
    ) {
        let inverse = geometry.inverseDeviation(variance[channel])
        let rows = Double(geometry.rows)
        for column in stride(from: channel, to: layout.columns, by: geometry.channels) {
            values[column] = Float(inverse * inverse * sums.second / rows)
            values[layout.columns + column] = Float(sums.first / rows)
        }
    }
}

extension BatchNormGeometry {
    /// 1 / √(variance + ε).
    fileprivate func inverseDeviation(_ variance: Float) -> Double {
        1 / (Double(variance) + Double(epsilon)).squareRoot()
    }

    /// What centred values are multiplied by: scale / √(variance + ε).
    fileprivate func factor(_ scale: Float, _ variance: Float) -> Float {
        Float(Double(scale) * inverseDeviation(variance))
    }
}

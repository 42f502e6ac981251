/// What `batchNorm` computes from a batch.
public struct BatchNormOutput: Sendable {
    /// The normalised batch, of the input's shape.
    public let output: Tensor
    /// The mean of each channel, `[C]`; outside of the recording.
    public let mean: Tensor
    /// The biased variance of each channel, `[C]`; outside of the recording.
    public let variance: Tensor
}

/// Normalises each channel by the mean and variance of the batch, optionally adds a residual and
/// applies ReLU, as one operation.
///
///     x̂ = (x − μ) / √(σ² + ε)         y = relu(x̂ · scale + shift + residual)
///     g = dy where y > 0               dshift = Σ g,  dscale = Σ g · x̂,  dresidual = g
///     dx = scale / √(σ² + ε) · (g − dshift / n − x̂ · dscale / n)
///
/// Ioffe & Szegedy 2015, https://arxiv.org/abs/1502.03167.
///
/// - Parameters:
///   - x: `[…, C]`; μ and σ² (biased) are taken over all axes but the last.
///   - scale: `[C]`.
///   - shift: `[C]`.
///   - residual: Of x's shape, added before ReLU.
///   - relu: Whether negative results are cut.
///   - epsilon: ε.
///   - keepsOutput: Without, a convolution of the output does not save it for its gradient but has it
///     computed again from x: one more pass over memory for a tensor less. Only without a residual.
/// - Returns: The output, and the batch's mean and variance. Saves x, mean, variance, scale and shift,
///   and the output where `relu` follows a residual.
public func batchNorm(
    _ x: Tensor, scale: Tensor, shift: Tensor, residual: Tensor? = nil, relu: Bool = false,
    epsilon: Float = 1e-5, keepsOutput: Bool = true
) -> BatchNormOutput {
    check(keepsOutput || residual == nil, "batchNorm: with a residual the output is kept")
    let geometry = BatchNormGeometry(
        x, scale: scale, shift: shift, residual: residual, relu: relu, epsilon: epsilon)
    let (scale, shift) = (scale.inFloat32, shift.inFloat32)
    let residual = residual?.converted(to: x.elementType)
    let backend = x.backend
    let channels: Shape = [geometry.channels]
    let mean = Storage(backend: backend, count: geometry.channels)
    let variance = Storage(backend: backend, count: geometry.channels)
    let y = backend.make(x.shape, x.elementType) {
        $0.batchNormTraining(
            x.memory, scale: scale.memory, shift: shift.memory, residual: residual?.memory,
            geometry,
            into: $1, mean: mean.memory, variance: variance.memory)
    }
    let statistics = BatchNormStatistics(
        mean: Tensor(shape: channels, storage: mean),
        variance: Tensor(shape: channels, storage: variance), dependOnBatch: true)
    return BatchNormOutput(
        output: recordBatchNorm(
            "batchNorm", y, x, scale, shift, residual, statistics, geometry,
            keepsOutput: keepsOutput),
        mean: statistics.mean, variance: statistics.variance)
}

/// Normalises each channel by a given mean and variance; else as `batchNorm`.
///
///     y = relu((x − mean) / √(variance + ε) · scale + shift + residual)
///
/// Mean and variance are constants here: no gradient flows into them.
///
/// - Parameters:
///   - x: `[…, C]`.
///   - scale: `[C]`.
///   - shift: `[C]`.
///   - mean: `[C]`.
///   - variance: `[C]`.
///   - residual: Of x's shape, added before ReLU.
///   - relu: Whether negative results are cut.
///   - epsilon: ε.
/// - Returns: A tensor of x's shape.
public func batchNormInference(
    _ x: Tensor, scale: Tensor, shift: Tensor, mean: Tensor, variance: Tensor,
    residual: Tensor? = nil, relu: Bool = false, epsilon: Float = 1e-5
) -> Tensor {
    let geometry = BatchNormGeometry(
        x, scale: scale, shift: shift, residual: residual, relu: relu, epsilon: epsilon)
    check(
        mean.shape == [geometry.channels] && variance.shape == [geometry.channels],
        "batchNormInference: mean \(mean.shape) and variance \(variance.shape) must be "
            + "[\(geometry.channels)], for x is \(x.shape)")
    let (scale, shift, mean, variance) = (
        scale.inFloat32, shift.inFloat32, mean.inFloat32, variance.inFloat32
    )
    let residual = residual?.converted(to: x.elementType)
    let y = x.backend.make(x.shape, x.elementType) {
        $0.batchNormInference(
            x.memory, scale: scale.memory, shift: shift.memory, mean: mean.memory,
            variance: variance.memory, residual: residual?.memory, geometry, into: $1)
    }
    let statistics = BatchNormStatistics(
        mean: mean.detached(), variance: variance.detached(), dependOnBatch: false)
    return recordBatchNorm(
        "batchNormInference", y, x, scale, shift, residual, statistics, geometry, keepsOutput: true)
}

private struct BatchNormStatistics {
    let mean: Tensor
    let variance: Tensor
    /// Whether x moves mean and variance, which then pass gradient back to it.
    let dependOnBatch: Bool
}

private func recordBatchNorm(
    _ name: StaticString, _ y: Tensor, _ x: Tensor, _ scale: Tensor, _ shift: Tensor,
    _ residual: Tensor?, _ statistics: BatchNormStatistics, _ geometry: BatchNormGeometry,
    keepsOutput: Bool
) -> Tensor {
    let inputs = [x, scale, shift] + (residual.map { [$0] } ?? [])
    let (x, scale, shift) = (x.detached(), scale.detached(), shift.detached())
    // What `batchNormTraining` does with the statistics that it has found.
    let remake: @Sendable () -> Tensor = {
        x.backend.make(x.shape, x.elementType) {
            $0.batchNormInference(
                x.memory, scale: scale.memory, shift: shift.memory,
                mean: statistics.mean.memory, variance: statistics.variance.memory, residual: nil,
                geometry, into: $1)
        }
    }
    return record(name, y, from: inputs, remake: keepsOutput ? nil : remake) {
        [y = geometry.relu && residual != nil ? y : nil] dy, wants in
        let backend = dy.backend
        let dx = wants[0] ? Storage(backend: backend, count: x.count, x.elementType) : nil
        let wantsResidual = wants.count > 3 && wants[3]
        // Without ReLU the residual's gradient is dy itself.
        let dResidual =
            wantsResidual && geometry.relu
            ? Storage(backend: backend, count: x.count, x.elementType) : nil
        let dScale = Storage(backend: backend, count: geometry.channels)
        let dShift = Storage(backend: backend, count: geometry.channels)
        backend.batchNormGradient(
            dy: dy.memory, x: x.memory, y: y?.memory, scale: scale.memory, shift: shift.memory,
            mean: statistics.mean.memory, variance: statistics.variance.memory,
            usesBatchStatistics: statistics.dependOnBatch, geometry, into: dx?.memory,
            dScale: dScale.memory, dShift: dShift.memory, dResidual: dResidual?.memory)
        return [
            dx.map { Tensor(shape: x.shape, storage: $0) },
            wants[1] ? Tensor(shape: scale.shape, storage: dScale) : nil,
            wants[2] ? Tensor(shape: scale.shape, storage: dShift) : nil,
            wantsResidual ? dResidual.map { Tensor(shape: x.shape, storage: $0) } ?? dy : nil,
        ]
    }
}

extension BatchNormGeometry {
    /// The shape rule of `batchNorm`.
    fileprivate init(
        _ x: Tensor, scale: Tensor, shift: Tensor, residual: Tensor?, relu: Bool, epsilon: Float
    ) {
        check(x.shape.rank >= 2, "batchNorm: x must be [N, …, C], but is \(x.shape)")
        let channels = x.shape[-1]
        check(
            scale.shape == [channels] && shift.shape == [channels],
            "batchNorm: scale \(scale.shape) and shift \(shift.shape) must be [\(channels)], "
                + "for x is \(x.shape)")
        if let residual {
            check(
                residual.shape == x.shape,
                "batchNorm: residual \(residual.shape) must have the shape of x, \(x.shape)")
        }
        self.init(
            rows: x.count / max(channels, 1), channels: channels, epsilon: epsilon, relu: relu)
    }
}

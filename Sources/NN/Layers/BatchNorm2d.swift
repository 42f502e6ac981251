import Tensor

/// Normalisation of every channel over the batch and its pixels (Ioffe & Szegedy 2015).
///
///     y = (x − mean) / √(variance + ε) · weight + bias
///
/// Training uses the mean and the biased variance of the batch and moves the running statistics:
/// running ← (1 − momentum) · running + momentum · batch, where the variance that goes in is the
/// unbiased one, variance · n/(n − 1) with n = N·H·W. Inference uses the running statistics, and so does
/// training where `keepsStatistics`. Input and output `[N, H, W, C]`.
///
/// The conventions are PyTorch's: momentum is the share of the *new* value.
public final class BatchNorm2d: Module {
    /// The factor of each channel, γ.
    public let weight: Parameter
    /// The offset of each channel, β.
    public let bias: Parameter
    /// The running mean of each channel.
    public let runningMean: Statistic
    /// The running unbiased variance of each channel.
    public let runningVariance: Statistic
    /// The number of batches seen in training.
    public let batchCount: Counter
    /// The share of the batch in the running statistics.
    public let momentum: Float
    /// ε, which keeps the square root away from zero.
    public let epsilon: Float
    /// Whether training uses the running statistics too, and leaves them as they are: what fine-tuning
    /// does to layers that it does not train. Not part of the state.
    public var keepsStatistics = false

    /// Creates a layer that changes nothing yet: weight 1, bias 0, running mean 0 and variance 1.
    /// Without `trainsWeight` the weight stays 1.
    public init(
        _ channels: Int, epsilon: Float = 1e-5, momentum: Float = 0.1, trainsWeight: Bool = true
    ) {
        weight = Parameter(.ones([channels]), role: .vector, isTrained: trainsWeight)
        bias = Parameter(.zeros([channels]), role: .vector)
        runningMean = Statistic(.zeros([channels]), key: "running_mean")
        runningVariance = Statistic(.ones([channels]), key: "running_var")
        batchCount = Counter(key: "num_batches_tracked")
        self.momentum = momentum
        self.epsilon = epsilon
    }

    /// The number of channels, C.
    public var channels: Int { weight.value.count }

    /// The normalised images.
    public func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor {
        self(x, phase, residual: nil, relu: false)
    }

    /// The normalised images, plus `residual`, negative values cut if `relu`: one fused operation.
    /// Without `keepsOutput` a convolution behind it has them computed again for its gradient instead of
    /// saving them.
    public func callAsFunction(
        _ x: Tensor, _ phase: Phase, residual: Tensor? = nil, relu: Bool, keepsOutput: Bool = true
    ) -> Tensor {
        switch phase {
        case _ where keepsStatistics, .inference:
            return batchNormInference(
                x, scale: weight.tensor(), shift: bias.tensor(), mean: runningMean.value,
                variance: runningVariance.value, residual: residual, relu: relu, epsilon: epsilon)
        case .training:
            let rowCount = x.count / max(channels, 1)
            guard rowCount > 1 else {
                fatalError(
                    """
                    BatchNorm2d: training needs more than 1 value per channel, but x is \
                    \(x.shape); use a larger batch or image, or drop the incomplete last batch
                    """)
            }
            let result = batchNorm(
                x, scale: weight.tensor(), shift: bias.tensor(), residual: residual, relu: relu,
                epsilon: epsilon, keepsOutput: keepsOutput)
            if !Recomputation.isUnderway {
                track(mean: result.mean, variance: result.variance, rowCount: rowCount)
            }
            return result.output
        }
    }

    private func track(mean: Tensor, variance: Tensor, rowCount: Int) {
        let unbiased = Float(Double(momentum) * Double(rowCount) / Double(rowCount - 1))
        runningMean.value.formWeightedSum(1 - momentum, mean, momentum)
        runningVariance.value.formWeightedSum(1 - momentum, variance, unbiased)
        batchCount.value += 1
    }

    /// The shape of the input.
    public func outputShape(for input: Shape, noting trace: inout ShapeTrace) -> Shape {
        guard input.rank == 4, input[3] == channels else {
            fatalError("BatchNorm2d: input \(input) is not [N, H, W, \(channels)]")
        }
        trace.note(self, input)
        return input
    }

    /// The factor γ / √(variance + ε) and the offset β − mean · factor of each channel, which fold into
    /// a convolution before them.
    public func lower(_ x: PlanValue, into plan: inout PlanBuilder) -> PlanValue {
        let factors = zip(weight.value.array(), runningVariance.value.array()).map {
            Double($0) / (Double($1) + Double(epsilon)).squareRoot()
        }
        let (offsets, means) = (bias.value.array(), runningMean.value.array())
        return plan.affine(
            x, factors: factors,
            offsets: factors.indices.map { Double(offsets[$0]) - Double(means[$0]) * factors[$0] })
    }

    /// Weight 1, bias 0.
    public func initializeParameters(from stream: (Parameter) -> RandomStream) {
        weight.fill(.constant(1), stream(weight))
        bias.fill(.constant(0), stream(bias))
    }
}

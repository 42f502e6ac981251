import Tensor

/// Stochastic gradient descent with momentum, by PyTorch's formulas:
///
///     g ← gradient + weightDecay · p
///     v ← momentum · v + (1 − dampening) · g        (v ← g at a parameter's first step)
///     p ← p − learningRate · (nesterov ? g + momentum · v : v)
///
/// Nesterov's variant is Sutskever et al. 2013's.
public final class SGD: Optimizer {
    /// The parameters and what differs between them.
    public let groups: [ParameterGroup]
    /// How gradients are limited before a step.
    public var clipping: GradientClipping
    /// The share of the old direction that is kept.
    public let momentum: Float
    /// The share of the gradient that is left out of the direction.
    public let dampening: Float
    /// Whether to look ahead along the new direction.
    public let nesterov: Bool

    private var buffers: [String: Tensor] = [:]

    /// Creates an optimiser. Nesterov's variant needs momentum and no dampening.
    public init(
        _ groups: [ParameterGroup], momentum: Float = 0, dampening: Float = 0,
        nesterov: Bool = false, clipping: GradientClipping = .none
    ) {
        refuseRepeatedParameters(groups, "SGD")
        guard !nesterov || (momentum > 0 && dampening == 0) else {
            fatalError(
                "SGD: nesterov with momentum \(momentum) and dampening \(dampening); it needs "
                    + "momentum and no dampening")
        }
        self.groups = groups
        self.momentum = momentum
        self.dampening = dampening
        self.nesterov = nesterov
        self.clipping = clipping
    }

    /// Moves one parameter.
    public func move(
        _ parameter: Parameter, named key: String, along gradient: Tensor, scale: Float,
        learningRate: Float, weightDecay: Float
    ) {
        // Taken out of the dictionary, so that the buffer has one owner and changes in place.
        var buffer = buffers.removeValue(forKey: key)
        sgdStep(
            parameter, gradient: gradient, buffer: &buffer, learningRate: learningRate,
            gradientScale: scale, weightDecay: weightDecay, momentum: momentum,
            dampening: dampening, nesterov: nesterov)
        buffers[key] = buffer
    }

    /// `momentum.<key>` for every parameter that has moved.
    public func state() -> [(name: String, tensor: Tensor)] {
        parameters.compactMap { key, _ in buffers[key].map { ("momentum.\(key)", $0) } }
    }

    /// Replaces the directions; a parameter without one starts anew.
    public func load(state: [(name: String, tensor: Tensor)]) throws(OptimizerStateError) {
        let sorted = try sortedState(state, prefixes: ["momentum"])
        buffers = sorted["momentum"] ?? [:]
    }
}

import Tensor

/// Momentum that is made orthogonal before every step (Jordan et al. 2024, "Muon: An optimizer for
/// hidden layers in neural networks", https://kellerjordan.github.io/posts/muon/), for filters and
/// matrices:
///
///     v ← momentum · v + g
///     U ← orthogonalized(nesterov ? g + momentum · v : v)
///     p ← p · (1 − learningRate · weightDecay) − learningRate · √max(1, O/K) · U
///
/// where p has O outputs of K inputs each. With `normalizesFilters`, as in airbench94_muon, the parameter
/// is first scaled to the norm √O, and the update is not scaled:
///
///     p ← p · √O / ‖p‖,        p ← p · (1 − learningRate · weightDecay) − learningRate · U
///
/// The size of the gradient does not matter, and so neither do the scale of the loss and clipping.
/// Vectors have no singular values: they need another optimiser beside this (`CombinedOptimizer`).
public final class Muon: Optimizer {
    /// The parameters and what differs between them.
    public let groups: [ParameterGroup]
    /// How gradients are limited before a step.
    public var clipping: GradientClipping
    /// The share of the old direction that is kept.
    public let momentum: Float
    /// Whether to look ahead along the new direction.
    public let nesterov: Bool
    /// The number of iterations of Newton and Schulz.
    public let steps: Int
    /// Whether parameters are scaled to the norm √O before each step.
    public let normalizesFilters: Bool

    private var buffers: [String: Tensor] = [:]

    /// Creates an optimiser. Vectors among the parameters are a programmer's error.
    public init(
        _ groups: [ParameterGroup], momentum: Float = 0.95, nesterov: Bool = true, steps: Int = 5,
        normalizesFilters: Bool = false, clipping: GradientClipping = .none
    ) {
        refuseRepeatedParameters(groups, "Muon")
        for (key, parameter) in groups.flatMap(\.parameters) where parameter.role == .vector {
            fatalError("Muon: parameter '\(key)' is a vector; it needs another optimiser")
        }
        self.groups = groups
        self.momentum = momentum
        self.nesterov = nesterov
        self.steps = steps
        self.normalizesFilters = normalizesFilters
        self.clipping = clipping
    }

    /// Moves one parameter.
    public func move(
        _ parameter: Parameter, named key: String, along gradient: Tensor, scale: Float,
        learningRate: Float, weightDecay: Float
    ) {
        let gradient = scale == 1 ? gradient : gradient * scale
        var buffer = gradient
        if let old = buffers[key] { buffer.formWeightedSum(1, old, momentum) }
        buffers[key] = buffer
        var direction = buffer
        if nesterov { direction.formWeightedSum(momentum, gradient, 1) }
        let update = orthogonalized(direction, steps: steps)
        let outputs = parameter.value.shape[-1]
        var kept = 1 - learningRate * weightDecay
        var rate = learningRate
        if normalizesFilters {
            let norm = globalNorm([parameter.value])
            if norm > 0 { kept *= Float(Double(outputs).squareRoot() / norm) }
        } else {
            let inputs = parameter.value.count / outputs
            rate *= Float(max(1, Double(outputs) / Double(inputs)).squareRoot())
        }
        parameter.value.formWeightedSum(kept, update, -rate)
    }

    /// `orthogonal_momentum.<key>` for every parameter that has moved.
    public func state() -> [(name: String, tensor: Tensor)] {
        parameters.compactMap { key, _ in
            buffers[key].map { ("orthogonal_momentum.\(key)", $0) }
        }
    }

    /// Replaces the directions; a parameter without one starts anew.
    public func load(state: [(name: String, tensor: Tensor)]) throws(OptimizerStateError) {
        let sorted = try sortedState(state, prefixes: ["orthogonal_momentum"])
        buffers = sorted["orthogonal_momentum"] ?? [:]
    }
}

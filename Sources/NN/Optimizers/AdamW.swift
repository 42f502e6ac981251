import Tensor

/// Adam with decoupled weight decay (Loshchilov & Hutter 2019), by PyTorch's formulas:
///
///     p ← p · (1 − learningRate · weightDecay)
///     m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²
///     p ← p − learningRate / (1 − β₁ᵗ) · m / (√(v / (1 − β₂ᵗ)) + ε)
///
/// where t counts the steps of that parameter.
public final class AdamW: Optimizer {
    /// The parameters and what differs between them.
    public let groups: [ParameterGroup]
    /// How gradients are limited before a step.
    public var clipping: GradientClipping
    /// β₁, the share of the old average of gradients that is kept.
    public let beta1: Float
    /// β₂, the share of the old average of squares that is kept.
    public let beta2: Float
    /// ε, which keeps the quotient finite.
    public let epsilon: Float

    private struct Progress {
        var moments: AdamWMoments
        var stepCount: Int
    }

    private var progress: [String: Progress] = [:]

    /// Creates an optimiser.
    public init(
        _ groups: [ParameterGroup], beta1: Float = 0.9, beta2: Float = 0.999,
        epsilon: Float = 1e-8, clipping: GradientClipping = .none
    ) {
        refuseRepeatedParameters(groups, "AdamW")
        guard (0..<1).contains(beta1), (0..<1).contains(beta2) else {
            fatalError("AdamW: β₁ = \(beta1) and β₂ = \(beta2) are not both in [0, 1)")
        }
        self.groups = groups
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.clipping = clipping
    }

    /// Moves one parameter.
    public func move(
        _ parameter: Parameter, named key: String, along gradient: Tensor, scale: Float,
        learningRate: Float, weightDecay: Float
    ) {
        // Taken out of the dictionary, so that the moments have one owner and change in place.
        var current =
            progress.removeValue(forKey: key)
            ?? Progress(moments: AdamWMoments(of: parameter), stepCount: 0)
        current.stepCount += 1
        adamWStep(
            parameter, gradient: gradient, moments: &current.moments,
            learningRate: learningRate, gradientScale: scale, weightDecay: weightDecay,
            beta1: beta1, beta2: beta2, epsilon: epsilon,
            correction1: correction(beta1, current.stepCount),
            correction2: correction(beta2, current.stepCount))
        progress[key] = current
    }

    /// 1 − βᵗ.
    private func correction(_ beta: Float, _ stepCount: Int) -> Float {
        var power = 1.0
        var base = Double(beta)
        var exponent = stepCount
        while exponent > 0 {
            if exponent & 1 == 1 { power *= base }
            base *= base
            exponent >>= 1
        }
        return Float(1 - power)
    }

    /// `first_moment.<key>`, `second_moment.<key>` and the scalar `step.<key>` for every parameter
    /// that has moved.
    public func state() -> [(name: String, tensor: Tensor)] {
        parameters.flatMap { key, _ -> [(name: String, tensor: Tensor)] in
            guard let current = progress[key] else { return [] }
            return [
                ("first_moment.\(key)", current.moments.first),
                ("second_moment.\(key)", current.moments.second),
                ("step.\(key)", Tensor(Float(current.stepCount))),
            ]
        }
    }

    /// Replaces the averages and counts; a parameter without them starts anew.
    public func load(state: [(name: String, tensor: Tensor)]) throws(OptimizerStateError) {
        let counts = state.filter { $0.name.hasPrefix("step.") }
        let sorted = try sortedState(
            state.filter { !$0.name.hasPrefix("step.") },
            prefixes: ["first_moment", "second_moment"])
        var problems: [String] = []
        var stepCounts: [String: Int] = [:]
        for (name, tensor) in counts {
            if tensor.count == 1, tensor.scalar() >= 1 {
                stepCounts[String(name.dropFirst("step.".count))] = Int(tensor.scalar())
            } else {
                problems.append("'\(name)' is not a count")
            }
        }
        let first = sorted["first_moment"] ?? [:]
        let second = sorted["second_moment"] ?? [:]
        var loaded: [String: Progress] = [:]
        for key in Set(first.keys).union(second.keys).union(stepCounts.keys).sorted() {
            guard let m = first[key], let v = second[key], let count = stepCounts[key] else {
                problems.append("'\(key)' lacks one of first_moment, second_moment and step")
                continue
            }
            loaded[key] = Progress(moments: AdamWMoments(first: m, second: v), stepCount: count)
        }
        guard problems.isEmpty else { throw OptimizerStateError(problems: problems) }
        progress = loaded
    }
}

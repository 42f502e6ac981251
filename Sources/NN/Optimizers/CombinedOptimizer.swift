import Tensor

/// Several optimisers as one, each for parameters of its own; such as Muon for filters and SGD for all
/// else.
///
/// Gradients are clipped by their joint norm. A learning rate reaches each optimiser through the factors
/// of its groups.
public final class CombinedOptimizer: Optimizer {
    /// The groups of all parts.
    public let groups: [ParameterGroup]
    /// How gradients are limited before a step; the parts' own clipping has no effect here.
    public var clipping: GradientClipping

    private let parts: [any Optimizer]
    private let partOfKey: [String: Int]

    /// Joins optimisers that have no parameter in common.
    public init(_ parts: [any Optimizer], clipping: GradientClipping = .none) {
        self.parts = parts
        self.clipping = clipping
        groups = parts.flatMap(\.groups)
        refuseRepeatedParameters(groups, "CombinedOptimizer")
        partOfKey = Dictionary(
            uniqueKeysWithValues: parts.enumerated().flatMap { place, part in
                part.parameters.map { ($0.key, place) }
            })
    }

    /// Moves one parameter, by the optimiser it belongs to.
    public func move(
        _ parameter: Parameter, named key: String, along gradient: Tensor, scale: Float,
        learningRate: Float, weightDecay: Float
    ) {
        parts[partOfKey[key]!].move(
            parameter, named: key, along: gradient, scale: scale, learningRate: learningRate,
            weightDecay: weightDecay)
    }

    /// The state of all parts.
    public func state() -> [(name: String, tensor: Tensor)] { parts.flatMap { $0.state() } }

    /// Replaces the state of all parts. Nothing changes unless everything fits.
    public func load(state: [(name: String, tensor: Tensor)]) throws(OptimizerStateError) {
        var shares = [[(name: String, tensor: Tensor)]](repeating: [], count: parts.count)
        var problems: [String] = []
        for named in state {
            let key = named.name.split(separator: ".", maxSplits: 1).last.map(String.init) ?? ""
            if let place = partOfKey[key] {
                shares[place].append(named)
            } else {
                problems.append("'\(named.name)' is unknown")
            }
        }
        let before = parts.map { $0.state() }
        for (part, share) in zip(parts, shares) {
            do { try part.load(state: share) } catch { problems += error.problems }
        }
        guard problems.isEmpty else {
            for (part, old) in zip(parts, before) { try? part.load(state: old) }
            throw OptimizerStateError(problems: problems)
        }
    }
}

import Tensor

/// A rule that moves parameters along their gradients.
///
/// An optimiser knows its parameters by name; its state has those names, so that a checkpoint fits
/// a model made anew. Gradients and learning rate come with each step: schedules live elsewhere.
public protocol Optimizer: AnyObject {
    /// The parameters and what differs between them.
    var groups: [ParameterGroup] { get }

    /// How gradients are limited before a step.
    var clipping: GradientClipping { get set }

    /// Moves one parameter; `step` does it to all that have a gradient.
    ///
    /// - Parameters:
    ///   - parameter: The values to change.
    ///   - key: The parameter's name among `groups`.
    ///   - gradient: The gradient of the loss, clipped by value.
    ///   - scale: A factor on the gradient, which clips it by norm.
    ///   - learningRate: The step size, with all factors.
    ///   - weightDecay: The strength of the decay.
    func move(
        _ parameter: Parameter, named key: String, along gradient: Tensor, scale: Float,
        learningRate: Float, weightDecay: Float)

    /// What the next step depends on besides the parameters, as named tensors in the layouts here.
    func state() -> [(name: String, tensor: Tensor)]

    /// Replaces the state. Nothing changes unless everything fits.
    ///
    /// - Throws: `OptimizerStateError` naming every tensor that is missing, unknown or misshaped.
    func load(state: [(name: String, tensor: Tensor)]) throws(OptimizerStateError)
}

/// State that does not fit an optimiser: every problem at once.
public struct OptimizerStateError: Error, Equatable, CustomStringConvertible {
    /// One line per problem.
    public let problems: [String]

    /// `optimizer state does not fit: …; …`.
    public var description: String {
        "optimizer state does not fit: \(problems.joined(separator: "; "))"
    }
}

/// How gradients are limited before a step.
public enum GradientClipping: Sendable, Hashable {
    /// Not at all.
    case none
    /// All scaled by one factor so that their joint norm is at most this (Pascanu et al. 2013).
    case norm(Float)
    /// Each element to ± this.
    case value(Float)

    /// The factor that brings a gradient of norm `norm` to the limit, as PyTorch computes it.
    func scale(forNorm norm: Double) -> Float {
        guard case .norm(let limit) = self else { return 1 }
        return Float(min(1, Double(limit) / (norm + 1e-6)))
    }

    func clipped(_ gradient: Tensor) -> Tensor {
        guard case .value(let limit) = self else { return gradient }
        return gradient.clamped(to: -limit...limit)
    }
}

extension Optimizer {
    /// All parameters with their keys, group by group.
    public var parameters: [(key: String, parameter: Parameter)] { groups.flatMap(\.parameters) }

    /// Moves every parameter that has a gradient; the others stay, as in PyTorch.
    ///
    /// - Parameters:
    ///   - gradients: The gradients of the loss.
    ///   - learningRate: The step size, on which groups have a factor.
    ///   - factors: Further factors of single parameters, for this step alone.
    /// - Returns: The norm of all gradients before clipping, if clipping by norm computed it.
    @discardableResult
    public func step(
        _ gradients: Gradients, learningRate: Float, factors: [ObjectIdentifier: Float] = [:]
    ) -> Double? {
        var norm: Double?
        var scale: Float = 1
        if case .norm = clipping {
            norm = globalNorm(parameters.compactMap { gradients[$0.parameter] })
            scale = clipping.scale(forNorm: norm!)
        }
        for group in groups {
            for (key, parameter) in group.parameters {
                guard let gradient = gradients[parameter] else { continue }
                let factor = group.learningRateFactor * (factors[ObjectIdentifier(parameter)] ?? 1)
                move(
                    parameter, named: key, along: clipping.clipped(gradient), scale: scale,
                    learningRate: learningRate * factor, weightDecay: group.weightDecay)
            }
        }
        return norm
    }

    /// Sorts saved tensors by prefix and checks them against the parameters: for each prefix the
    /// tensors by key.
    func sortedState(
        _ state: [(name: String, tensor: Tensor)], prefixes: [String]
    ) throws(OptimizerStateError) -> [String: [String: Tensor]] {
        var problems: [String] = []
        var sorted: [String: [String: Tensor]] = [:]
        let shapes = Dictionary(
            uniqueKeysWithValues: parameters.map { ($0.key, $0.parameter.value.shape) })
        for (name, tensor) in state {
            let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
            guard parts.count == 2, prefixes.contains(parts[0]), let shape = shapes[parts[1]] else {
                problems.append("'\(name)' is unknown")
                continue
            }
            if tensor.shape != shape {
                problems.append("'\(name)' expects \(shape), found \(tensor.shape)")
            } else if sorted[parts[0], default: [:]].updateValue(tensor, forKey: parts[1]) != nil {
                problems.append("'\(name)' appears twice")
            }
        }
        guard problems.isEmpty else { throw OptimizerStateError(problems: problems) }
        return sorted
    }
}

/// A parameter in two groups would be moved twice.
func refuseRepeatedParameters(_ groups: [ParameterGroup], _ optimizer: StaticString) {
    var keys: Set<String> = []
    for (key, _) in groups.flatMap(\.parameters) where !keys.insert(key).inserted {
        fatalError("\(optimizer): parameter '\(key)' is in two groups")
    }
}

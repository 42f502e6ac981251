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

    /// Moves every parameter that has a gradient; the others stay, as in PyTorch.
    ///
    /// - Parameters:
    ///   - gradients: The gradients of the loss.
    ///   - learningRate: The step size, on which groups have a factor.
    /// - Returns: The norm of all gradients before clipping, if clipping by norm computed it.
    @discardableResult
    func step(_ gradients: Gradients, learningRate: Float) -> Double?

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

/// Parameters that an optimiser treats alike.
public struct ParameterGroup {
    /// The parameters with their keys.
    public var parameters: [(key: String, parameter: Parameter)]
    /// The strength of the decay towards zero.
    public var weightDecay: Float
    /// A factor on the learning rate.
    public var learningRateFactor: Float

    /// Creates a group.
    public init(
        _ parameters: [(key: String, parameter: Parameter)], weightDecay: Float = 0,
        learningRateFactor: Float = 1
    ) {
        self.parameters = parameters
        self.weightDecay = weightDecay
        self.learningRateFactor = learningRateFactor
    }

    /// The usual two groups: filters and matrices decay; vectors, which are the parameters of
    /// normalisation and biases, do not unless `decaysVectors`. Empty groups are left out.
    public static func standard(
        _ parameters: [(key: String, parameter: Parameter)], weightDecay: Float,
        decaysVectors: Bool = false, learningRateFactor: Float = 1
    ) -> [ParameterGroup] {
        let isDecayed = { (parameter: Parameter) in decaysVectors || parameter.role != .vector }
        return [
            ParameterGroup(
                parameters.filter { isDecayed($0.parameter) }, weightDecay: weightDecay,
                learningRateFactor: learningRateFactor),
            ParameterGroup(
                parameters.filter { !isDecayed($0.parameter) }, weightDecay: 0,
                learningRateFactor: learningRateFactor),
        ].filter { !$0.parameters.isEmpty }
    }
}

extension ParameterGroup {
    /// The groups of a model: the two of `standard`, and apart from them the biases of its batch
    /// normalisations where those have a learning rate of their own.
    ///
    /// - Parameters:
    ///   - model: Whose trained parameters are grouped.
    ///   - weightDecay: The strength of the decay.
    ///   - decaysVectors: Whether biases and the parameters of normalisation decay too.
    ///   - normBiasFactor: The factor on the learning rate of the biases of normalisations. Their
    ///     decay is divided by it: a step pulls them to zero as strongly as other parameters.
    public static func of(
        _ model: some Module, weightDecay: Float, decaysVectors: Bool = false,
        normBiasFactor: Float = 1
    ) -> [ParameterGroup] {
        guard normBiasFactor != 1 else {
            return standard(
                model.namedParameters, weightDecay: weightDecay, decaysVectors: decaysVectors)
        }
        let biases = Set(
            model.namedModules.compactMap { named in
                (named.module as? BatchNorm2d).map { ObjectIdentifier($0.bias) }
            })
        let isNormBias = { (named: (key: String, parameter: Parameter)) in
            biases.contains(ObjectIdentifier(named.parameter))
        }
        let group = ParameterGroup(
            model.namedParameters.filter(isNormBias),
            weightDecay: decaysVectors ? weightDecay / normBiasFactor : 0,
            learningRateFactor: normBiasFactor)
        let others = standard(
            model.namedParameters.filter { !isNormBias($0) }, weightDecay: weightDecay,
            decaysVectors: decaysVectors)
        return others + (group.parameters.isEmpty ? [] : [group])
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

    /// Calls `body` for every parameter that has a gradient, with the gradient clipped by value and
    /// the factor that clips it by norm; returns the norm.
    func forEachGradient(
        _ gradients: Gradients,
        _ body: (
            _ key: String, _ parameter: Parameter, _ gradient: Tensor, _ scale: Float,
            _ group: ParameterGroup
        ) -> Void
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
                body(key, parameter, clipping.clipped(gradient), scale, group)
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

import Tensor

/// What makes the random choices of one training step reproducible.
public struct Randomness: Sendable, Hashable {
    /// The run's seed.
    public var seed: UInt64
    /// The number of the update, from 0 over the whole run.
    public var step: Int

    /// Creates the randomness of update `step` of a run.
    public init(seed: UInt64, step: Int) {
        self.seed = seed
        self.step = step
    }
}

/// Whether a model is being trained or used.
///
/// An argument of every call, so that no flag can be left in the wrong state: training normalises
/// with the statistics of the batch and drops activations, inference does neither.
public enum Phase: Sendable, Hashable {
    /// One step of training.
    case training(Randomness)
    /// Use of a trained model. The same input gives the same output.
    case inference
}

/// A layer, a block of layers or a whole model: a function of a tensor with state of its own.
///
/// State is found by reflection over the stored properties, once, where a list of it is asked for.
/// A property's path is its key in weight files and equals torchvision's:
///
/// - `Parameter`, `Statistic` and `Counter` are entries. One with a `key` uses it as the last part.
///   A parameter that its layer declares as not trained is an entry like any other.
/// - A `Module` puts its property's name before its entries.
/// - Arrays and `Sequential` name their elements `0`, `1`, …
/// - `nil` has no entries.
/// - State inside a dictionary, tuple, other struct or lazy property has no stable name: a
///   programmer's error. So is the same object under two names.
public protocol Module: AnyObject {
    /// The output for `x`.
    func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor

    /// The shape of the output for an input of shape `input`, worked out without running. Layers
    /// note themselves in `trace`.
    func outputShape(for input: Shape, noting trace: inout ShapeTrace) -> Shape

    /// Writes what the module computes in inference into a plan, step by step, in the manner of a
    /// forward pass. The plan keeps the values that the parameters have now.
    ///
    /// - Parameter x: What goes in, for a batch of one.
    /// - Returns: What comes out.
    func lower(_ x: PlanValue, into plan: inout PlanBuilder) -> PlanValue

    /// As `lower`, for a module that has several outputs: all of them, in their order. The default is the
    /// only one.
    func lowerOutputs(_ x: PlanValue, into plan: inout PlanBuilder) -> [PlanValue]

    /// Draws the first values of the parameters that this module itself declares; `stream` gives
    /// each its random numbers. The default leaves them alone, which suits modules made of others.
    func initializeParameters(from stream: (Parameter) -> RandomStream)
}

extension Module {
    /// The output of `lower`.
    public func lowerOutputs(_ x: PlanValue, into plan: inout PlanBuilder) -> [PlanValue] {
        [lower(x, into: &plan)]
    }

    /// Nothing to draw.
    public func initializeParameters(from stream: (Parameter) -> RandomStream) {}

    /// The trained values with their keys, in the order of declaration.
    public var namedParameters: [(key: String, parameter: Parameter)] {
        allNamedParameters.filter(\.parameter.isTrained)
    }

    /// The parameters that training leaves as they are with their keys, in the order of declaration.
    public var namedFrozenParameters: [(key: String, parameter: Parameter)] {
        allNamedParameters.filter { !$0.parameter.isTrained }
    }

    private var allNamedParameters: [(key: String, parameter: Parameter)] {
        ModuleWalk(of: self).entries.compactMap { entry in
            if case .parameter(let parameter) = entry.state { (entry.key, parameter) } else { nil }
        }
    }

    /// The trained values, in the order of declaration.
    public var parameters: [Parameter] { namedParameters.map(\.parameter) }

    /// The saved but untrained values with their keys, in the order of declaration.
    public var namedStatistics: [(key: String, statistic: Statistic)] {
        ModuleWalk(of: self).entries.compactMap { entry in
            if case .statistic(let statistic) = entry.state { (entry.key, statistic) } else { nil }
        }
    }

    /// All modules inside, this one first with the name "", in the order of declaration.
    public var namedModules: [(name: String, module: any Module)] { ModuleWalk(of: self).modules }

    /// The number of trained values.
    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.value.count } }
}

/// A count that is saved with the model, such as the batches that a layer has seen.
public final class Counter {
    /// The count.
    public var value: Int

    /// The last part of the name in weight files, where it differs from the property's.
    public let key: String?

    /// Creates a counter.
    public init(_ value: Int = 0, key: String? = nil) {
        self.value = value
        self.key = key
    }
}

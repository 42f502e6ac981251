import Tensor

/// A module whose layers run one after another, each fed with the output of the one before.
public protocol Chain: Module {
    /// The layers, in the order of the computation.
    var layers: [any Module] { get }
}

extension Chain {
    /// The output of the last layer.
    public func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor {
        layers.reduce(x) { $1($0, phase) }
    }

    /// The shape of the last layer's output.
    public func outputShape(for input: Shape, noting trace: inout ShapeTrace) -> Shape {
        layers.reduce(input) { $1.outputShape(for: $0, noting: &trace) }
    }

    /// The layers, first to last.
    public func lower(_ x: PlanValue, into plan: inout PlanBuilder) -> PlanValue {
        layers.reduce(x) { $1.lower($0, into: &plan) }
    }
}

/// Modules one after another, each fed with the output of the one before. Its keys are positions:
/// `0.weight`, `1.bias`, …
public final class Sequential: Chain {
    /// The modules, first to last.
    public let layers: [any Module]

    /// Creates a chain.
    public init(_ layers: [any Module]) { self.layers = layers }

    /// Creates a chain.
    public convenience init(_ layers: any Module...) { self.init(layers) }
}

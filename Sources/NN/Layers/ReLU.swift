import Tensor

/// max(x, 0), element by element.
public final class ReLU: Module {
    /// Creates a layer.
    public init() {}

    /// The input with negative values cut.
    public func callAsFunction(_ x: Tensor) -> Tensor { relu(x) }

    /// The input with negative values cut; the same in both phases.
    public func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor { self(x) }

    /// The shape of the input.
    public func outputShape(for input: Shape, noting trace: inout ShapeTrace) -> Shape {
        trace.note(self, input)
        return input
    }

    /// The cut.
    public func lower(_ x: PlanValue, into plan: inout PlanBuilder) -> PlanValue {
        plan.relu(x)
    }
}

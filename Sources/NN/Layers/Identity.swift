import Tensor

/// Passes its input on: the place of a layer that is not wanted.
public final class Identity: Module {
    /// Creates a layer.
    public init() {}

    /// The input.
    public func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor { x }

    /// The shape of the input.
    public func outputShape(for input: Shape, noting trace: inout ShapeTrace) -> Shape { input }

    /// Nothing.
    public func lower(_ x: PlanValue, into plan: inout PlanBuilder) -> PlanValue {
        x
    }
}

import Tensor

/// x · Φ(x), element by element, Φ the normal distribution: the exact form (Hendrycks & Gimpel 2016).
public final class GELU: Module {
    /// Creates a layer.
    public init() {}

    /// The activated input.
    public func callAsFunction(_ x: Tensor) -> Tensor { gelu(x) }

    /// The activated input; the same in both phases.
    public func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor { self(x) }

    /// The shape of the input.
    public func outputShape(for input: Shape, noting trace: inout ShapeTrace) -> Shape {
        trace.note(self, input)
        return input
    }

    /// The activation.
    public func lower(_ x: PlanValue, into plan: inout PlanBuilder) -> PlanValue {
        plan.unary(.gelu, x)
    }
}

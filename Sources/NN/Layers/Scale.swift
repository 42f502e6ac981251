import Tensor

/// The input times a constant: y = factor · x. Any shape.
public final class Scale: Module {
    /// The constant.
    public let factor: Float

    /// Creates a layer.
    public init(by factor: Float) { self.factor = factor }

    /// The products.
    public func callAsFunction(_ x: Tensor) -> Tensor { x * factor }

    /// The products; the same in both phases.
    public func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor { self(x) }

    /// The shape of the input.
    public func outputShape(for input: Shape, noting trace: inout ShapeTrace) -> Shape {
        trace.note(self, input)
        return input
    }

    /// The factor, the same for each channel.
    public func lower(_ x: PlanValue, into plan: inout PlanBuilder) -> PlanValue {
        let channels = x.shape[-1]
        return plan.affine(
            x, factors: [Double](repeating: Double(factor), count: channels),
            offsets: [Double](repeating: 0, count: channels))
    }
}

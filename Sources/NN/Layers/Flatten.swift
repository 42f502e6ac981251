import Tensor

/// Each sample as one row: `[N, …]` → `[N, M]`.
///
/// Images are flattened in the order of their memory here, height, width, channel. A PyTorch model
/// flattens channel, height, width: the same where the image is one pixel, as after a global pool.
public final class Flatten: Module {
    /// Creates a layer.
    public init() {}

    /// The rows.
    public func callAsFunction(_ x: Tensor) -> Tensor { flatten(x) }

    /// The rows; the same in both phases.
    public func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor { self(x) }

    /// `[N, M]`.
    public func outputShape(for input: Shape, noting trace: inout ShapeTrace) -> Shape {
        guard input.rank >= 1 else { fatalError("Flatten: a scalar has no rows") }
        let output: Shape = [input[0], input.dimensions.dropFirst().reduce(1, *)]
        trace.note(self, output)
        return output
    }

    /// The rows.
    public func lower(_ x: PlanValue, into plan: inout PlanBuilder) -> PlanValue {
        plan.reshape(x, [1, x.shape.count])
    }
}

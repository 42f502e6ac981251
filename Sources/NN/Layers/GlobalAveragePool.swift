import Tensor

/// The mean of each channel over all pixels: `[N, H, W, C]` → `[N, C]`.
public final class GlobalAveragePool: Module {
    /// Creates a layer.
    public init() {}

    /// The means.
    public func callAsFunction(_ x: Tensor) -> Tensor { globalAveragePool(x) }

    /// The means; the same in both phases.
    public func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor { self(x) }

    /// `[N, C]`.
    public func outputShape(for input: Shape, noting trace: inout ShapeTrace) -> Shape {
        guard input.rank == 4 else {
            fatalError("GlobalAveragePool: input \(input) is not [N, H, W, C]")
        }
        let output: Shape = [input[0], input[3]]
        trace.note(self, output)
        return output
    }

    /// The means.
    public func lower(_ x: PlanValue, into plan: inout PlanBuilder) -> PlanValue {
        plan.reshape(plan.adaptiveAvgPool2d(x, outputSize: 1), [1, x.shape[3]])
    }
}

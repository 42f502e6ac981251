import Tensor

/// The maximum over the whole image, channel by channel: `[N, H, W, C]` → `[N, C]`.
///
/// The first of equal maxima, row by row, gets the gradient.
public final class GlobalMaxPool: Module {
    /// Creates a layer.
    public init() {}

    /// The maxima.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        flatten(maxPool2d(x, kernel: Spatial(height: x.shape[1], width: x.shape[2])))
    }

    /// The maxima; the same in both phases.
    public func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor { self(x) }

    /// `[N, C]`.
    public func outputShape(for input: Shape, noting trace: inout ShapeTrace) -> Shape {
        guard input.rank == 4, input[1] > 0, input[2] > 0 else {
            fatalError("GlobalMaxPool: input \(input) is not [N, H, W, C] with pixels")
        }
        let output: Shape = [input[0], input[3]]
        trace.note(self, output)
        return output
    }

    /// The maxima.
    public func lower(_ x: PlanValue, into plan: inout PlanBuilder) -> PlanValue {
        let kernel = Spatial(height: x.shape[1], width: x.shape[2])
        return plan.reshape(
            plan.maxPool2d(x, kernel: kernel, stride: kernel), [1, x.shape[3]])
    }
}

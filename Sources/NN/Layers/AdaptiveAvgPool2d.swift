import Tensor

/// The means over a fixed grid of cells, whatever the size of the image: `[N, H, W, C]` →
/// `[N, h, w, C]`. Cell i spans the rows ⌊i·H/h⌋ ..< ⌈(i + 1)·H/h⌉, and columns alike.
public final class AdaptiveAvgPool2d: Module {
    /// The grid, h × w.
    public let outputSize: Spatial

    /// Creates a layer.
    public init(outputSize: Spatial) { self.outputSize = outputSize }

    /// The means.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        adaptiveAvgPool2d(x, outputSize: outputSize)
    }

    /// The means; the same in both phases.
    public func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor { self(x) }

    /// `[N, h, w, C]`.
    public func outputShape(for input: Shape, noting trace: inout ShapeTrace) -> Shape {
        guard input.rank == 4 else {
            fatalError("AdaptiveAvgPool2d: input \(input) is not [N, H, W, C]")
        }
        let output: Shape = [input[0], outputSize.height, outputSize.width, input[3]]
        trace.note(self, output)
        return output
    }

    /// The means.
    public func lower(_ x: PlanValue, into plan: inout PlanBuilder) -> PlanValue {
        plan.adaptiveAvgPool2d(x, outputSize: outputSize)
    }
}

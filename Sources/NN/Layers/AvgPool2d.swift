import Tensor

/// The mean of each window, channel by channel: `[N, H, W, C]` → `[N, H', W', C]`.
public final class AvgPool2d: Module {
    /// The window.
    public let kernelSize: Spatial
    /// The step between windows.
    public let stride: Spatial
    /// The border of zeros on each side.
    public let padding: Spatial
    /// Whether a last window that is not full counts.
    public let ceilMode: Bool
    /// Whether the border's zeros count in the mean.
    public let countsPadding: Bool

    /// Creates a layer. Without a `stride`, windows touch and do not overlap.
    public init(
        kernelSize: Spatial, stride: Spatial? = nil, padding: Spatial = 0, ceilMode: Bool = false,
        countsPadding: Bool = true
    ) {
        self.kernelSize = kernelSize
        self.stride = stride ?? kernelSize
        self.padding = padding
        self.ceilMode = ceilMode
        self.countsPadding = countsPadding
    }

    /// The means.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        avgPool2d(
            x, kernel: kernelSize, stride: stride, padding: padding, ceilMode: ceilMode,
            countsPadding: countsPadding)
    }

    /// The means; the same in both phases.
    public func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor { self(x) }

    /// The shape of the means.
    public func outputShape(for input: Shape, noting trace: inout ShapeTrace) -> Shape {
        let size = windowedSize(
            input, kernel: kernelSize, stride: stride, padding: padding, dilation: 1,
            ceilMode: ceilMode, layer: "AvgPool2d")
        let output: Shape = [input[0], size.height, size.width, input[3]]
        trace.note(self, output)
        return output
    }

    /// The means.
    public func lower(_ x: PlanValue, into plan: inout PlanBuilder) -> PlanValue {
        plan.avgPool2d(
            x, kernel: kernelSize, stride: stride, padding: padding, ceilMode: ceilMode,
            countsPadding: countsPadding)
    }
}

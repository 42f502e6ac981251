import Tensor

/// The maximum of each window, channel by channel: `[N, H, W, C]` → `[N, H', W', C]`.
public final class MaxPool2d: Module {
    /// The window.
    public let kernelSize: Spatial
    /// The step between windows.
    public let stride: Spatial
    /// The border on each side, which never wins.
    public let padding: Spatial
    /// The step between the taps of a window.
    public let dilation: Spatial
    /// Whether a last window that is not full counts.
    public let ceilMode: Bool

    /// Creates a layer. Without a `stride`, windows touch and do not overlap.
    public init(
        kernelSize: Spatial, stride: Spatial? = nil, padding: Spatial = 0, dilation: Spatial = 1,
        ceilMode: Bool = false
    ) {
        self.kernelSize = kernelSize
        self.stride = stride ?? kernelSize
        self.padding = padding
        self.dilation = dilation
        self.ceilMode = ceilMode
    }

    /// The maxima.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        maxPool2d(
            x, kernel: kernelSize, stride: stride, padding: padding, dilation: dilation,
            ceilMode: ceilMode)
    }

    /// The maxima; the same in both phases.
    public func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor { self(x) }

    /// The shape of the maxima.
    public func outputShape(for input: Shape, noting trace: inout ShapeTrace) -> Shape {
        let size = windowedSize(
            input, kernel: kernelSize, stride: stride, padding: padding, dilation: dilation,
            ceilMode: ceilMode, layer: "MaxPool2d")
        let output: Shape = [input[0], size.height, size.width, input[3]]
        trace.note(self, output)
        return output
    }

    /// The maxima.
    public func lower(_ x: PlanValue, into plan: inout PlanBuilder) -> PlanValue {
        plan.maxPool2d(
            x, kernel: kernelSize, stride: stride, padding: padding, dilation: dilation,
            ceilMode: ceilMode)
    }
}

/// ⌊(size + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1 along both axes; with `ceilMode`
/// the fraction is rounded up, but no window starts in the far border.
func windowedSize(
    _ input: Shape, kernel: Spatial, stride: Spatial, padding: Spatial, dilation: Spatial,
    ceilMode: Bool, layer: StaticString
) -> Spatial {
    func extent(_ size: Int, _ k: Int, _ s: Int, _ p: Int, _ d: Int) -> Int {
        let room = size + 2 * p - d * (k - 1) - 1
        guard room >= 0 else {
            fatalError("\(layer): a \(kernel) window does not fit into input \(input)")
        }
        guard ceilMode else { return room / s + 1 }
        let count = (room + s - 1) / s + 1
        return (count - 1) * s >= size + p ? count - 1 : count
    }
    guard input.rank == 4 else { fatalError("\(layer): input \(input) is not [N, H, W, C]") }
    return Spatial(
        height: extent(
            input[1], kernel.height, stride.height, padding.height, dilation.height),
        width: extent(input[2], kernel.width, stride.width, padding.width, dilation.width))
}

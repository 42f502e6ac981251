import Tensor

/// Convolution of images with filters that are learned.
///
///     y[n, i, j, o] = bias[o]
///         + Σ_{u,v,c} x[n, i·s + u·d − p, j·s + v·d − p, c] · weight[u, v, c, o]
///
/// with stride s, padding p and dilation d. Input `[N, H, W, I]`, output
/// `[N, ⌊(H + 2p − d(R − 1) − 1)/s⌋ + 1, …, O]`, weight `[R, S, I/groups, O]`
/// (`[O, I/groups, R, S]` in weight files).
public final class Conv2d: Module {
    /// A rule for the first values of the filters.
    public enum FilterInitialization: Sendable, Hashable {
        /// Normal with variance 2 / (O·R·S): Kaiming, fan-out, as torchvision's ResNets.
        case kaimingNormal
        /// Uniform in ±1/√(I·R·S / groups), PyTorch's default, but the first I filters pass their
        /// input channel on unchanged (Jordan 2024, airbench). A bias starts at zero.
        case partialIdentity
    }

    /// The filters.
    public let weight: Parameter
    /// One number added per output channel.
    public let bias: Parameter?
    /// The step between windows.
    public let stride: Spatial
    /// The zeros added on each side.
    public let padding: Spatial
    /// The step between the taps of a window.
    public let dilation: Spatial
    /// The number of independent groups of channels.
    public let groups: Int
    /// The rule for the first values of the filters.
    public let initialization: FilterInitialization

    /// Creates a layer whose parameters are zero until `initialize(seed:)` or loading fills them.
    /// Without `trainsWeight` the filters stay as they are then.
    public init(
        inChannels: Int, outChannels: Int, kernelSize: Spatial, stride: Spatial = 1,
        padding: Spatial = 0, dilation: Spatial = 1, groups: Int = 1, bias: Bool = true,
        trainsWeight: Bool = true, initialization: FilterInitialization = .kaimingNormal
    ) {
        guard groups > 0, inChannels % groups == 0, outChannels % groups == 0 else {
            fatalError(
                "Conv2d: \(inChannels) → \(outChannels) channels do not split into \(groups) groups"
            )
        }
        weight = Parameter(
            .zeros([kernelSize.height, kernelSize.width, inChannels / groups, outChannels]),
            role: .filter, isTrained: trainsWeight)
        self.bias = bias ? Parameter(.zeros([outChannels]), role: .vector) : nil
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.groups = groups
        self.initialization = initialization
    }

    /// The number of input channels, I.
    public var inChannels: Int { weight.value.shape[2] * groups }
    /// The number of output channels, O.
    public var outChannels: Int { weight.value.shape[3] }
    /// The size of the window, R × S.
    public var kernelSize: Spatial {
        Spatial(height: weight.value.shape[0], width: weight.value.shape[1])
    }

    /// The convolved images.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        conv2d(
            x, weight.tensor(), bias: bias?.tensor(), stride: stride, padding: padding,
            dilation: dilation, groups: groups)
    }

    /// The convolved images; the same in both phases.
    public func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor { self(x) }

    /// The shape of the convolved images.
    public func outputShape(for input: Shape, noting trace: inout ShapeTrace) -> Shape {
        guard input.rank == 4, input[3] == inChannels else {
            fatalError("Conv2d: input \(input) is not [N, H, W, \(inChannels)]")
        }
        let size = windowedSize(
            input, kernel: kernelSize, stride: stride, padding: padding, dilation: dilation,
            ceilMode: false, layer: "Conv2d")
        let output: Shape = [input[0], size.height, size.width, outChannels]
        trace.note(self, output, multiplyAdds: output.count * weight.value.count / outChannels)
        return output
    }

    /// The convolution.
    public func lower(_ x: PlanValue, into plan: inout PlanBuilder) -> PlanValue {
        plan.conv2d(
            x, filter: weight.value, bias: bias?.value, stride: stride, padding: padding,
            dilation: dilation, groups: groups)
    }

    /// Filters: by `initialization`. Bias: uniform in ±1/√(I·R·S / groups), or zero beside partial
    /// identity.
    public func initializeParameters(from stream: (Parameter) -> RandomStream) {
        let area = kernelSize.height * kernelSize.width
        let fanIn = inChannels / groups * area
        switch initialization {
        case .kaimingNormal:
            weight.fill(.kaimingNormal(fan: outChannels * area), stream(weight))
            bias?.fill(.uniform(fan: fanIn), stream(bias!))
        case .partialIdentity:
            weight.fill(.uniform(fan: fanIn), stream(weight))
            passInputsOn()
            bias?.fill(.constant(0), stream(bias!))
        }
    }

    /// Makes filter o, for each o below the number of input channels, the identity of channel o: one
    /// at the middle tap.
    private func passInputsOn() {
        let (channels, filters) = (weight.value.shape[2], outChannels)
        let middle = kernelSize.height / 2 * kernelSize.width + kernelSize.width / 2
        var values = weight.value.array()
        for tap in 0..<kernelSize.height * kernelSize.width {
            for channel in 0..<channels {
                let row = (tap * channels + channel) * filters
                for filter in 0..<min(channels, filters) {
                    values[row + filter] = tap == middle && channel == filter ? 1 : 0
                }
            }
        }
        weight.value.assign(values)
    }
}

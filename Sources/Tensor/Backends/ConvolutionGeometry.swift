/// A batch of images convolved with a bank of filters.
///
/// x is [N, H, W, I], w is [R, S, I/groups, O], y is [N, ⌊(H + 2p − d(R−1) − 1)/s⌋ + 1, …, O]. Output
/// channels of group g use the input channels of group g.
public struct Conv2dGeometry: Sendable, Hashable {
    /// N.
    public var batch: Int
    /// The size of the input images.
    public let height: Int, width: Int
    /// I.
    public let inputChannels: Int
    /// O.
    public let outputChannels: Int
    /// R × S.
    public let kernel: Spatial
    /// The step between windows.
    public let stride: Spatial
    /// Zeros added on each side.
    public let padding: Spatial
    /// The step between taps.
    public let dilation: Spatial
    /// The number of groups.
    public let groups: Int
    /// Whether images come one by one: what is best for them then, and not for batches. Said
    /// beforehand and not taken from `batch`, so that a prepared filter fits every batch.
    public var isForSingleImages = false

    /// Describes a convolution.
    public init(
        batch: Int, height: Int, width: Int, inputChannels: Int, outputChannels: Int,
        kernel: Spatial, stride: Spatial = 1, padding: Spatial = 0, dilation: Spatial = 1,
        groups: Int = 1
    ) {
        self.batch = batch
        self.height = height
        self.width = width
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.groups = groups
    }

    /// The number of elements of the filter.
    public var filterCount: Int {
        kernel.height * kernel.width * (inputChannels / groups) * outputChannels
    }
    /// The number of elements of the input.
    public var inputCount: Int { batch * height * width * inputChannels }
    /// The number of elements of the output.
    public var outputCount: Int { batch * outputHeight * outputWidth * outputChannels }
    /// The height of the output.
    public var outputHeight: Int {
        (height + 2 * padding.height - dilation.height * (kernel.height - 1) - 1) / stride.height
            + 1
    }
    /// The width of the output.
    public var outputWidth: Int {
        (width + 2 * padding.width - dilation.width * (kernel.width - 1) - 1) / stride.width + 1
    }
    /// The multiply-adds of one pass.
    public var multiplyAdds: Int {
        batch * outputHeight * outputWidth * outputChannels * kernel.height * kernel.width
            * (inputChannels / groups)
    }
}

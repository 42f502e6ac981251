/// How much rounding a backend may trade for speed.
public enum Numerics: String, Sendable, Hashable, CaseIterable {
    /// 3×3 convolutions by Winograd's algorithm where that is faster: relative errors up to 2e-6.
    case fast
    /// Every product is computed: relative errors up to 5e-7.
    case exact
}

/// How a convolution is computed: chosen from the shape of one image and the filters, so that a model
/// always gives the same bits on the same instruction set, whatever the batch an image comes in.
enum ConvolutionAlgorithm: Sendable {
    /// Winograd's F(4×4, 3×3): 36 products for 16 results instead of 144, with stride 2 81.
    case winograd
    /// Each channel with its own filter.
    case depthwise
    /// A matrix product with patches gathered block by block.
    case gathered
}

extension Conv2dGeometry {
    /// The way for all three passes.
    ///
    /// Depthwise convolutions have their own; Winograd takes 3×3 kernels of stride 1 or 2 between
    /// channels that are multiples of 16, where its 36 or 81 products a tile and the transforms of tiles
    /// and (anew in each call) of the filter cost less than the 9 products a pixel. Everything else
    /// is gathered, and with exact numerics all 3×3 kernels are too. The batch does not count, or an image's probabilities would depend on its
    /// company: the filter's share is that of an image among sixteen.
    ///
    /// Costs are counted in vector instructions of 16 lanes, those of a pair of 16 input channels
    /// and an output channel for a transformed filter (600) and a packed one (200) as measured;
    /// they are bound by memory.
    func algorithm(_ numerics: Numerics) -> ConvolutionAlgorithm {
        if groups == inputChannels && groups == outputChannels && groups > 1 { return .depthwise }
        guard numerics == .fast, allowsWinograd else { return .gathered }
        let nominalBatch = 16
        let tiles = nominalBatch * ceilDivide(outputHeight, 4) * ceilDivide(outputWidth, 4)
        let pixels = nominalBatch * outputHeight * outputWidth
        let pairs = inputChannels * outputChannels / 16
        let products = stride == 1 ? 36 : 81
        let transforms = 6 * products * (inputChannels + outputChannels) / 16 * tiles
        let winograd = pairs * (products * tiles + 600) + transforms
        let gathered = pairs * (9 * pixels + 200)
        return winograd * 10 < gathered * 9 ? .winograd : .gathered
    }

    private var allowsWinograd: Bool {
        kernel == 3 && (stride == 1 || stride == 2 && padding == 1) && dilation == 1 && groups == 1
            && inputChannels % 16 == 0
            && outputChannels % 16 == 0 && inputChannels <= 4096 && outputChannels <= 4096
    }
}

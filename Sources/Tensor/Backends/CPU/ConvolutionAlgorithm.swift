/// How much rounding a backend may trade for speed.
public enum Numerics: String, Sendable, Hashable, CaseIterable {
    /// 3×3 convolutions by Winograd's algorithm where that is faster: relative errors up to 2e-6.
    case fast
    /// Every product is computed: relative errors up to 5e-7.
    case exact
}

/// How a convolution is computed: chosen from the shape of one image and the filters and from whether
/// images come one by one, never from the batch or by timing.
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
    /// Depthwise convolutions have their own; Winograd takes 3×3 kernels of stride 1 or 2 where its 36
    /// or 81 products a tile and the transforms of tiles and (anew in each call) of the filter cost
    /// less than the 9 products a pixel. Everything else is gathered, and with exact numerics all
    /// 3×3 kernels are too. The batch does not count, or an image's probabilities would depend on
    /// its company: the filter's share is that of an image among sixteen, or all of it for images
    /// that come one by one.
    ///
    /// Costs are counted in vector instructions of 16 output channels. Fitted to measurements: 6 a position for
    /// the transforms of 16 channels and as many as 4 input channels to begin and store a sum; with
    /// stride 2 a seventh more, for its classes are smaller products; 600 for a row of 16 filters
    /// transformed, 1300 where they come back from memory (transformed filters of more than 16 MiB, or
    /// no other image to share the way), and 200 for one packed; 64 a pixel where patches are put
    /// together from channels that do not fill vectors and are too many to be read from bands of lines.
    func algorithm(_ numerics: Numerics) -> ConvolutionAlgorithm {
        if groups == inputChannels && groups == outputChannels && groups > 1 { return .depthwise }
        guard numerics == .fast, allowsWinograd else { return .gathered }
        let nominalBatch = isForSingleImages ? 1 : 16
        let tiles = nominalBatch * ceilDivide(outputHeight, 4) * ceilDivide(outputWidth, 4)
        let pixels = nominalBatch * outputHeight * outputWidth
        let inputBlocks = ceilDivide(inputChannels, 16)
        let outputBlocks = ceilDivide(outputChannels, 16)
        let filterRows = inputChannels * outputBlocks
        let positions = (stride == 1 ? 36 : 93) * tiles
        let transforms = 6 * positions * (inputBlocks + outputBlocks)
        let isFilterInMemory = isForSingleImages || 36 * filterRows * 16 > 4 << 20
        let winograd =
            (filterRows + 4 * outputBlocks) * positions
            + (isFilterInMemory ? 1_300 : 600) * filterRows + transforms
        let isReadInPlace = inputChannels % 16 == 0 || 9 * inputChannels <= productChunk
        let gathered = filterRows * (9 * pixels + 200) + (isReadInPlace ? 0 : 64 * pixels)
        return winograd * 10 < gathered * 9 ? .winograd : .gathered
    }

    private var allowsWinograd: Bool {
        kernel == 3 && (stride == 1 || stride == 2 && padding == 1) && dilation == 1 && groups == 1
            && inputChannels <= 4096 && outputChannels <= 4096
    }
}

/// How a convolution is computed: chosen from its shape alone, so that a model always gives the same
/// bits on the same instruction set.
enum ConvolutionAlgorithm {
    /// Winograd's F(4×4, 3×3).
    case winograd
    /// Each channel with its own filter.
    case depthwise
    /// A matrix product with patches gathered block by block.
    case gathered
}

extension Conv2dGeometry {
    /// The way for the forward pass and the input gradient; `filterGradient` for the filter's.
    ///
    /// Winograd wins where its 36 products a tile, the transforms of tiles and (anew in each call) of
    /// the filter cost less than the 9 products a pixel. Costs are counted in vector instructions of
    /// 16 lanes.
    func algorithm(filterGradient: Bool = false) -> ConvolutionAlgorithm {
        if groups == inputChannels && groups == outputChannels && groups > 1 { return .depthwise }
        guard allowsWinograd else { return .gathered }
        let tiles = batch * ceilDivide(outputHeight, 4) * ceilDivide(outputWidth, 4)
        let pixels = batch * outputHeight * outputWidth
        let pairs = inputChannels * outputChannels / 16
        let channels = (inputChannels + outputChannels) / 16
        let filterCost = filterGradient ? 130 : 100
        let winograd = pairs * (36 * tiles + filterCost) + 200 * channels * tiles
        return winograd * 10 < 9 * pairs * pixels * 9 ? .winograd : .gathered
    }

    private var allowsWinograd: Bool {
        kernel == 3 && stride == 1 && dilation == 1 && groups == 1 && inputChannels % 16 == 0
            && outputChannels % 16 == 0 && inputChannels <= 4096 && outputChannels <= 4096
    }
}

import Tensor

/// Makes the stages of a residual network one after another and knows how many channels come out of
/// the last.
struct ResNetStageBuilder {
    let design: ResNetDesign
    let normalization: Normalization
    private(set) var channels: Int
    private var dilation = 1

    init(_ design: ResNetDesign, _ normalization: Normalization) {
        self.design = design
        self.normalization = normalization
        channels = design.widths[0]
    }

    func stemConvolution() -> Conv2d {
        let isLarge = design.stem == .large
        return Conv2d(
            inChannels: 3, outChannels: channels, kernelSize: isLarge ? 7 : 3,
            stride: isLarge ? 2 : 1, padding: isLarge ? 3 : 1, bias: false)
    }

    /// Stage `number`, from 0. With `dilates` it keeps the size of the image and widens the windows of
    /// its 3×3 convolutions instead; as in torchvision, those of its first block stay as wide as
    /// those of the stage before.
    mutating func stage(_ number: Int, dilates: Bool = false) -> Sequential {
        let width = design.widths[number]
        let firstDilation = dilation
        if dilates { dilation *= 2 }
        var blocks: [any Module] = []
        for position in 0..<design.blockCounts[number] {
            let isFirst = position == 0
            let stride = number > 0 && isFirst && !dilates ? 2 : 1
            let dilation = isFirst ? firstDilation : dilation
            switch design.block {
            case .basic:
                blocks.append(
                    BasicBlock(
                        inChannels: channels, width: width, stride: stride, dilation: dilation,
                        normalization: normalization))
                channels = width * BasicBlock.expansion
            case .bottleneck:
                blocks.append(
                    Bottleneck(
                        inChannels: channels, width: width, stride: stride, dilation: dilation,
                        normalization: normalization))
                channels = width * Bottleneck.expansion
            }
        }
        return Sequential(blocks)
    }
}

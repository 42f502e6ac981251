/// The numbers that make one residual network out of many.
public struct ResNetDesign: Sendable, Hashable {
    /// What comes before the first block.
    public enum Stem: Sendable, Hashable {
        /// A 7×7 convolution of stride 2 and a 3×3 maximum of stride 2: for images of 100 pixels
        /// and more.
        case large
        /// A 3×3 convolution of stride 1: for images as small as CIFAR's.
        case small
    }

    /// The kind of block.
    public enum Block: Sendable, Hashable {
        /// `BasicBlock`.
        case basic
        /// `Bottleneck`.
        case bottleneck
    }

    /// What comes before the first block. It makes as many channels as the first stage is wide.
    public var stem: Stem
    /// The kind of block.
    public var block: Block
    /// The number of blocks in `layer1`, `layer2`, …: three or four numbers. From the second on,
    /// each stage halves the image.
    public var blockCounts: [Int]
    /// The width of the blocks in each stage.
    public var widths: [Int]
    /// The probability of dropout before the last layer.
    public var dropout: Float

    /// Describes a network.
    public init(
        stem: Stem, block: Block, blockCounts: [Int], widths: [Int], dropout: Float = 0
    ) {
        self.stem = stem
        self.block = block
        self.blockCounts = blockCounts
        self.widths = widths
        self.dropout = dropout
    }

    /// torchvision's ResNets for ImageNet (He et al. 2015, table 1).
    static func imageNet(_ block: Block, _ blockCounts: [Int]) -> ResNetDesign {
        ResNetDesign(
            stem: .large, block: block, blockCounts: blockCounts, widths: [64, 128, 256, 512])
    }

    /// The ResNets for CIFAR (He et al. 2015, section 4.2) of 6n + 2 layers, with projection
    /// shortcuts (option B; the paper uses the parameter-free option A there).
    static func cifar(blocksPerStage n: Int) -> ResNetDesign {
        ResNetDesign(stem: .small, block: .basic, blockCounts: [n, n, n], widths: [16, 32, 64])
    }
}

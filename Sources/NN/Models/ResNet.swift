import Tensor

/// A residual network (He et al., "Deep residual learning for image recognition", 2015) with
/// torchvision's structure and key names.
///
/// Stages: `stem`, `layer1` … `layer3` or `layer4`, `head`. Input `[N, H, W, 3]`, output logits
/// `[N, classCount]`.
public final class ResNet: ClassificationModel {
    /// The stem's convolution.
    public let conv1: Conv2d
    /// The stem's normalisation, with ReLU.
    public let bn1: BatchNorm2d
    /// The stem's maximum, in networks for large images.
    public let maxpool: MaxPool2d?
    /// The blocks of the first stage.
    public let layer1: Sequential
    /// The blocks of the second stage.
    public let layer2: Sequential
    /// The blocks of the third stage.
    public let layer3: Sequential
    /// The blocks of the fourth stage, where there is one.
    public let layer4: Sequential?
    /// The mean over the image.
    public let avgpool: GlobalAveragePool
    /// Dropout before the last layer; it does nothing with probability 0.
    public let dropout: Dropout
    /// The last layer.
    public let fc: Linear

    /// Creates a network whose filters are zero until `initialize(seed:)` or loading fills them.
    public init(
        _ design: ResNetDesign, classCount: Int, batchNormEpsilon: Float = 1e-5,
        batchNormMomentum: Float = 0.1
    ) {
        guard (3...4).contains(design.blockCounts.count), !design.blockCounts.contains(0),
            design.blockCounts.count == design.widths.count, classCount > 0
        else {
            fatalError(
                """
                ResNet: \(design.blockCounts) blocks of widths \(design.widths) and \(classCount) \
                classes; needed are three or four stages of at least one block, and a class
                """)
        }
        let normalization = Normalization(epsilon: batchNormEpsilon, momentum: batchNormMomentum)
        var builder = ResNetStageBuilder(design, normalization)
        conv1 = builder.stemConvolution()
        bn1 = normalization.layer(design.widths[0])
        maxpool =
            design.stem == .large ? MaxPool2d(kernelSize: 3, stride: 2, padding: 1) : nil
        layer1 = builder.stage(0)
        layer2 = builder.stage(1)
        layer3 = builder.stage(2)
        layer4 = design.blockCounts.count > 3 ? builder.stage(3) : nil
        avgpool = GlobalAveragePool()
        dropout = Dropout(probability: design.dropout)
        fc = Linear(inFeatures: builder.channels, outFeatures: classCount)
        assignLayerIndices()
    }

    /// The number of classes.
    public var classCount: Int { fc.outFeatures }

    /// `stem`, `layer1`, …, `head`.
    public var stages: [Stage] {
        residualStages(
            conv1: conv1, bn1: bn1, maxpool: maxpool,
            layers: [layer1, layer2, layer3, layer4].compactMap { $0 })
            + [Stage("head", [avgpool, dropout, fc])]
    }
}

/// The stages of a residual network before its head: `stem`, `layer1`, …
func residualStages(
    conv1: Conv2d, bn1: BatchNorm2d, maxpool: MaxPool2d?, layers: [Sequential]
) -> [Stage] {
    let stem = Stage("stem", [conv1, bn1] + (maxpool.map { [$0] } ?? [])) { x, phase in
        let y = bn1(conv1(x), phase, relu: true)
        return maxpool.map { $0(y) } ?? y
    } lowering: { x, plan in
        let y = plan.relu(bn1.lower(conv1.lower(x, into: &plan), into: &plan))
        return maxpool?.lower(y, into: &plan) ?? y
    }
    return [stem] + layers.enumerated().map { Stage("layer\($0 + 1)", [$1]) }
}

extension ModelEntry {
    /// A row for a residual network.
    static func resNet(_ name: String, inputSize: Spatial, _ design: ResNetDesign) -> ModelEntry {
        var entry = ModelEntry(name: name, inputSize: inputSize) { request in
            var design = design
            design.dropout = request.options.dropout ?? design.dropout
            let model = ResNet(
                design, classCount: request.classCount,
                batchNormEpsilon: request.normalization.epsilon,
                batchNormMomentum: request.normalization.momentum)
            request.initialize(model)
            return model
        }
        if ResNetEncoder.suits(design) {
            entry.makeTrunk = { ResNetEncoder(design, dilates: false, $0.normalization) }
        }
        return entry
    }
}

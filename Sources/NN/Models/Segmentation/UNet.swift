import Tensor

/// A U-Net (Ronneberger et al. 2015) whose contracting side is a residual network.
///
///     f₀ … f₄ = backbone(x)                     1/2, 1/4, 1/8, 1/16, 1/32 of the image
///     y = f₄
///     y = decoder.i([upsample(y) | skip])       skip = f₃, f₂, f₁, f₀, detail(x)
///     logits = head(y)
///
/// Each block of the decoder brings its input to the size of the skip (nearest neighbours), puts both
/// side by side and runs two 3×3 convolutions. `detail` is a 3×3 convolution of the image itself, so
/// that thin borders need not come through features of half the size. Works for images of any size.
///
/// Keys: `backbone.conv1.weight`, `backbone.layer1…`, `detail.0.weight`, `detail.1…`,
/// `decoder.<0…4>.conv<1,2>.weight`, `decoder.<0…4>.bn<1,2>…`, `head.{weight,bias}`.
public final class UNet: SegmentationModel {
    /// The channels of the decoder's blocks.
    private static let widths = [256, 128, 64, 32, 16]

    /// The contracting side.
    public let backbone: ResNetEncoder
    /// The features of full size.
    public let detail: Sequential
    /// The expanding side, the smallest images first.
    public let decoder: [UNetBlock]
    /// Dropout before the last layer; it does nothing with probability 0.
    public let dropout: Dropout
    /// The last layer.
    public let head: Conv2d

    init(
        _ design: ResNetDesign, classCount: Int, dropout: Float, _ normalization: Normalization
    ) {
        let widths = Self.widths
        backbone = ResNetEncoder(design, dilates: false, normalization)
        detail = Sequential(convolutionUnit(3, widths[4], kernelSize: 3, normalization))
        var channels = backbone.channels[4]
        var blocks: [UNetBlock] = []
        for (width, skip) in zip(widths, backbone.channels.prefix(4).reversed() + [widths[4]]) {
            blocks.append(
                UNetBlock(inChannels: channels, skipChannels: skip, width: width, normalization))
            channels = width
        }
        decoder = blocks
        self.dropout = Dropout(probability: dropout)
        head = Conv2d(inChannels: channels, outChannels: classCount, kernelSize: 1)
        assignLayerIndices()
    }

    /// `head`.
    public var classifierNames: [String] { ["head"] }

    /// The number of classes.
    public var classCount: Int { head.outChannels }

    /// The logits of every pixel.
    public func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor {
        logits(of: backbone.features(x, phase), x, phase)
    }

    /// The logits of every pixel of `x`, whose features the contracting side has made already.
    func logits(of features: [Tensor], _ x: Tensor, _ phase: Phase) -> Tensor {
        let skips = features.prefix(4).reversed() + [detail(x, phase)]
        var y = features[4]
        for (block, skip) in zip(decoder, skips) { y = block(y, skip: skip, phase) }
        return head(dropout(y, phase))
    }

    /// `[N, H, W, classCount]`.
    public func outputShape(for input: Shape, noting trace: inout ShapeTrace) -> Shape {
        let features = backbone.featureShapes(for: input, noting: &trace)
        let skips =
            features.prefix(4).reversed() + [detail.outputShape(for: input, noting: &trace)]
        var shape = features[4]
        for (block, skip) in zip(decoder, skips) {
            shape = block.outputShape(for: shape, skip: skip, noting: &trace)
        }
        return head.outputShape(
            for: dropout.outputShape(for: shape, noting: &trace), noting: &trace)
    }

    /// The logits of every pixel.
    public func lower(_ x: PlanValue, into plan: inout PlanBuilder) -> PlanValue {
        lowerLogits(of: backbone.lowerFeatures(x, into: &plan), x, into: &plan)
    }

    /// The logits of every pixel of `x`, whose features the contracting side has made already.
    func lowerLogits(
        of features: [PlanValue], _ x: PlanValue, into plan: inout PlanBuilder
    ) -> PlanValue {
        let skips = features.prefix(4).reversed() + [detail.lower(x, into: &plan)]
        var y = features[4]
        for (block, skip) in zip(decoder, skips) {
            y = block.lower(y, skip: skip, into: &plan)
        }
        return head.lower(y, into: &plan)
    }
}

/// One step of a U-Net's expanding side.
///
///     y = relu(bn2(conv2(relu(bn1(conv1([upsample(x) | skip]))))))
///
/// `[N, h, w, I]` and `[N, H, W, S]` → `[N, H, W, O]`.
public final class UNetBlock: Module {
    /// 3×3, on both inputs.
    public let conv1: Conv2d
    /// After `conv1`, with ReLU.
    public let bn1: BatchNorm2d
    /// 3×3.
    public let conv2: Conv2d
    /// After `conv2`, with ReLU.
    public let bn2: BatchNorm2d

    init(inChannels: Int, skipChannels: Int, width: Int, _ normalization: Normalization) {
        conv1 = Conv2d(
            inChannels: inChannels + skipChannels, outChannels: width, kernelSize: 3, padding: 1,
            bias: false)
        bn1 = normalization.layer(width)
        conv2 = Conv2d(
            inChannels: width, outChannels: width, kernelSize: 3, padding: 1, bias: false)
        bn2 = normalization.layer(width)
    }

    func callAsFunction(_ x: Tensor, skip: Tensor, _ phase: Phase) -> Tensor {
        let size = Spatial(height: skip.shape[1], width: skip.shape[2])
        return self(
            concatenate([interpolate(x, size: size, mode: .nearest), skip], axis: 3), phase)
    }

    func outputShape(for input: Shape, skip: Shape, noting trace: inout ShapeTrace) -> Shape {
        outputShape(for: [skip[0], skip[1], skip[2], input[3] + skip[3]], noting: &trace)
    }

    func lower(_ x: PlanValue, skip: PlanValue, into plan: inout PlanBuilder) -> PlanValue {
        let size = Spatial(height: skip.shape[1], width: skip.shape[2])
        let upsampled = plan.interpolate(x, size: size, mode: .nearest)
        return lower(plan.concatenate([upsampled, skip]), into: &plan)
    }

    /// The block behind its joined inputs.
    public func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor {
        bn2(conv2(bn1(conv1(x), phase, relu: true)), phase, relu: true)
    }

    /// The shape of the output for joined inputs.
    public func outputShape(for input: Shape, noting trace: inout ShapeTrace) -> Shape {
        [conv1, bn1, conv2, bn2].reduce(input) { (shape: Shape, layer: any Module) in
            layer.outputShape(for: shape, noting: &trace)
        }
    }

    /// The block behind its joined inputs.
    public func lower(_ x: PlanValue, into plan: inout PlanBuilder) -> PlanValue {
        let inner = plan.relu(bn1.lower(conv1.lower(x, into: &plan), into: &plan))
        return plan.relu(bn2.lower(conv2.lower(inner, into: &plan), into: &plan))
    }
}

extension ModelEntry {
    /// A row for a U-Net.
    static func uNet(_ name: String, _ design: ResNetDesign) -> ModelEntry {
        let make: @Sendable (Request) -> UNet = { request in
            UNet(
                design, classCount: request.classCount, dropout: request.options.dropout ?? 0,
                request.normalization)
        }
        var entry = segmenter(name, make)
        entry.makeTrunk = make
        return entry
    }

    /// A row for a segmentation model, for which `make` makes the layers.
    static func segmenter(
        _ name: String, _ make: @escaping @Sendable (Request) -> any SegmentationModel
    ) -> ModelEntry {
        ModelEntry(name: name, inputSize: 224, task: .segmentation) { request in
            let model = make(request)
            request.initialize(model)
            return model
        }
    }
}

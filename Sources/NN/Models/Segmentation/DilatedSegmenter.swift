import Tensor

/// A segmentation model on a dilated residual network, with torchvision's structure and key names:
/// FCN (Long et al. 2015) or DeepLabV3 (Chen et al. 2017).
///
///     logits = upsample(classifier(backbone(x)))
///
/// The features are 1/8 of the image's size; the logits are brought to its size bilinearly. Keys:
/// `backbone.conv1.weight`, `backbone.layer1…`, `classifier.0…`, `classifier.4.{weight,bias}`.
public final class DilatedSegmenter: SegmentationModel {
    /// What makes logits of features.
    enum Head {
        /// A 3×3 convolution, a normalisation, a ReLU, dropout, a 1×1 convolution.
        case fcn(dropout: Float)
        /// Atrous spatial pyramid pooling, a 3×3 convolution, a normalisation, a ReLU, a 1×1
        /// convolution.
        case deepLabV3(dropout: Float)
    }

    /// The dilated network.
    public let backbone: ResNetEncoder
    /// What makes logits of its features.
    public let classifier: Sequential

    init(
        _ design: ResNetDesign, _ head: Head, classCount: Int, _ normalization: Normalization
    ) {
        backbone = ResNetEncoder(design, dilates: true, normalization)
        let channels = backbone.channels[4]
        switch head {
        case .fcn(let dropout):
            let inner = channels / 4
            classifier = Sequential(
                convolutionUnit(channels, inner, kernelSize: 3, normalization) + [
                    Dropout(probability: dropout),
                    Conv2d(inChannels: inner, outChannels: classCount, kernelSize: 1),
                ])
        case .deepLabV3(let dropout):
            let inner = AtrousPyramid.outChannels
            classifier = Sequential(
                [AtrousPyramid(inChannels: channels, dropout: dropout, normalization)]
                    + convolutionUnit(inner, inner, kernelSize: 3, normalization) + [
                        Conv2d(inChannels: inner, outChannels: classCount, kernelSize: 1)
                    ])
        }
        assignLayerIndices()
    }

    /// `classifier.4`, torchvision's name.
    public var classifierNames: [String] { ["classifier.4"] }

    /// The number of classes.
    public var classCount: Int { (classifier.layers[4] as? Conv2d)?.outChannels ?? 0 }

    /// The logits of every pixel.
    public func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor {
        interpolate(
            classifier(backbone(x, phase), phase),
            size: Spatial(height: x.shape[1], width: x.shape[2]), mode: .bilinear)
    }

    /// `[N, H, W, classCount]`.
    public func outputShape(for input: Shape, noting trace: inout ShapeTrace) -> Shape {
        let features = backbone.outputShape(for: input, noting: &trace)
        _ = classifier.outputShape(for: features, noting: &trace)
        return segmentationShape(input, classCount: classCount)
    }

    /// The logits of every pixel.
    public func lower(_ x: PlanValue, into plan: inout PlanBuilder) -> PlanValue {
        let features = backbone.lower(x, into: &plan)
        return plan.interpolate(
            classifier.lower(features, into: &plan),
            size: Spatial(height: x.shape[1], width: x.shape[2]), mode: .bilinear)
    }
}

/// Atrous spatial pyramid pooling (Chen et al. 2017, figure 5): views of the features through
/// windows of several widths and through the mean of the whole image, side by side, then mixed.
///
/// `[N, H, W, I]` → `[N, H, W, 256]`, with torchvision's names: `convs.0` 1×1, `convs.1…3` 3×3 of
/// rates 12, 24 and 36, `convs.4` the image's mean, `project`.
public final class AtrousPyramid: Module {
    /// The channels of each view and of the result.
    static let outChannels = 256
    private static let rates = [12, 24, 36]

    /// The views.
    public let convs: [Sequential]
    /// What mixes them.
    public let project: Sequential

    init(inChannels: Int, dropout: Float, _ normalization: Normalization) {
        let width = Self.outChannels
        let windows = Self.rates.map {
            Sequential(
                convolutionUnit(inChannels, width, kernelSize: 3, dilation: $0, normalization))
        }
        convs =
            [Sequential(convolutionUnit(inChannels, width, kernelSize: 1, normalization))]
            + windows + [
                Sequential(
                    [AdaptiveAvgPool2d(outputSize: 1)]
                        + convolutionUnit(inChannels, width, kernelSize: 1, normalization))
            ]
        project = Sequential(
            convolutionUnit(convs.count * width, width, kernelSize: 1, normalization)
                + [Dropout(probability: dropout)])
    }

    /// The mixed views.
    public func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor {
        var views = convs.map { $0(x, phase) }
        views[convs.count - 1] = interpolate(
            views[convs.count - 1], size: Spatial(height: x.shape[1], width: x.shape[2]),
            mode: .bilinear)
        return project(concatenate(views, axis: 3), phase)
    }

    /// `[N, H, W, 256]`.
    public func outputShape(for input: Shape, noting trace: inout ShapeTrace) -> Shape {
        for view in convs { _ = view.outputShape(for: input, noting: &trace) }
        return project.outputShape(
            for: [input[0], input[1], input[2], convs.count * Self.outChannels], noting: &trace)
    }

    /// The mixed views.
    public func lower(_ x: PlanValue, into plan: inout PlanBuilder) -> PlanValue {
        var views = convs.map { $0.lower(x, into: &plan) }
        views[convs.count - 1] = plan.interpolate(
            views[convs.count - 1], size: Spatial(height: x.shape[1], width: x.shape[2]),
            mode: .bilinear)
        return project.lower(plan.concatenate(views), into: &plan)
    }
}

extension ModelEntry {
    /// A row for torchvision's FCN.
    static func fcn(_ name: String, _ design: ResNetDesign) -> ModelEntry {
        segmenter(name) { request in
            DilatedSegmenter(
                design, .fcn(dropout: request.options.dropout ?? 0.1),
                classCount: request.classCount, request.normalization)
        }
    }

    /// A row for torchvision's DeepLabV3.
    static func deepLabV3(_ name: String, _ design: ResNetDesign) -> ModelEntry {
        segmenter(name) { request in
            DilatedSegmenter(
                design, .deepLabV3(dropout: request.options.dropout ?? 0.5),
                classCount: request.classCount, request.normalization)
        }
    }
}

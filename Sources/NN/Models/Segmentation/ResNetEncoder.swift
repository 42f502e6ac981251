import Tensor

/// A residual network without its head, which gives the features of every scale: what segmentation
/// models stand on. Its keys are those of the `ResNet` of the same design.
public final class ResNetEncoder: Module {
    /// The stem's convolution.
    public let conv1: Conv2d
    /// The stem's normalisation, with ReLU.
    public let bn1: BatchNorm2d
    /// The stem's maximum.
    public let maxpool: MaxPool2d
    /// The first stage.
    public let layer1: Sequential
    /// The second stage.
    public let layer2: Sequential
    /// The third stage.
    public let layer3: Sequential
    /// The fourth stage.
    public let layer4: Sequential

    /// The channels of the features: of the stem, then of each stage.
    let channels: [Int]

    /// Creates the encoder of a network for large images with four stages.
    ///
    /// - Parameter dilates: Whether `layer3` and `layer4` keep the size of the image and widen their
    ///   windows instead, so that the last features are 1/8 of the image and not 1/32.
    init(_ design: ResNetDesign, dilates: Bool, _ normalization: Normalization) {
        guard Self.suits(design) else {
            fatalError("ResNetEncoder: \(design) has not the large stem and four stages")
        }
        var builder = ResNetStageBuilder(design, normalization)
        var channels = [builder.channels]
        conv1 = builder.stemConvolution()
        bn1 = normalization.layer(builder.channels)
        maxpool = MaxPool2d(kernelSize: 3, stride: 2, padding: 1)
        layer1 = builder.stage(0)
        channels.append(builder.channels)
        layer2 = builder.stage(1)
        channels.append(builder.channels)
        layer3 = builder.stage(2, dilates: dilates)
        channels.append(builder.channels)
        layer4 = builder.stage(3, dilates: dilates)
        channels.append(builder.channels)
        self.channels = channels
    }

    private var layers: [Sequential] { [layer1, layer2, layer3, layer4] }

    /// Whether a network is one for large images with four stages.
    static func suits(_ design: ResNetDesign) -> Bool {
        design.stem == .large && design.blockCounts.count == 4
    }

    /// `stem`, `layer1` … `layer4`, as those of a `ResNet`.
    var stages: [Stage] {
        residualStages(conv1: conv1, bn1: bn1, maxpool: maxpool, layers: layers)
    }

    /// The features of the stem (half the image's size) and of the four stages.
    func features(_ x: Tensor, _ phase: Phase) -> [Tensor] {
        var features = [bn1(conv1(x), phase, relu: true)]
        var y = maxpool(features[0])
        for layer in layers {
            y = layer(y, phase)
            features.append(y)
        }
        return features
    }

    /// The shapes of `features`.
    func featureShapes(for input: Shape, noting trace: inout ShapeTrace) -> [Shape] {
        var shape = conv1.outputShape(for: input, noting: &trace)
        var shapes = [bn1.outputShape(for: shape, noting: &trace)]
        shape = maxpool.outputShape(for: shapes[0], noting: &trace)
        for layer in layers {
            shape = layer.outputShape(for: shape, noting: &trace)
            shapes.append(shape)
        }
        return shapes
    }

    /// Writes `features` into a plan.
    func lowerFeatures(_ x: PlanValue, into plan: inout PlanBuilder) -> [PlanValue] {
        let stem = plan.relu(bn1.lower(conv1.lower(x, into: &plan), into: &plan))
        var features = [stem]
        var y = maxpool.lower(stem, into: &plan)
        for layer in layers {
            y = layer.lower(y, into: &plan)
            features.append(y)
        }
        return features
    }

    /// The features of the last stage.
    public func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor { features(x, phase)[4] }

    /// The shape of the features of the last stage.
    public func outputShape(for input: Shape, noting trace: inout ShapeTrace) -> Shape {
        featureShapes(for: input, noting: &trace)[4]
    }

    /// The features of the last stage.
    public func lower(_ x: PlanValue, into plan: inout PlanBuilder) -> PlanValue {
        lowerFeatures(x, into: &plan)[4]
    }
}

import Tensor

/// A part of a residual network that adds its input, or a projection of it, to what it computes.
public protocol ResidualBlock: Module {
    /// Sets the factor of the last normalisation to zero, so that the block starts as its shortcut
    /// (Goyal et al. 2017).
    func zeroLastNormalization()
}

extension Module {
    /// Starts every residual block as its shortcut: the factor of its last normalisation becomes
    /// zero.
    public func zeroLastNormalizations() {
        for case let block as any ResidualBlock in namedModules.map(\.module) {
            block.zeroLastNormalization()
        }
    }
}

/// How the batch normalisations of a model are made.
struct Normalization: Sendable {
    var epsilon: Float = 1e-5
    var momentum: Float = 0.1
    /// Whether the factors are trained; else they stay 1.
    var trainsWeight = true

    func layer(_ channels: Int) -> BatchNorm2d {
        BatchNorm2d(
            channels, epsilon: epsilon, momentum: momentum, trainsWeight: trainsWeight)
    }

    /// The projection shortcut (option B of He et al. 2015): a 1×1 convolution and a normalisation
    /// where size or channels change, nothing elsewhere.
    func shortcut(from inChannels: Int, to outChannels: Int, stride: Int) -> Sequential? {
        guard stride != 1 || inChannels != outChannels else { return nil }
        return Sequential(
            Conv2d(
                inChannels: inChannels, outChannels: outChannels, kernelSize: 1,
                stride: Spatial(stride), bias: false),
            layer(outChannels))
    }
}

/// Two 3×3 convolutions around a shortcut (He et al. 2015, figure 5 left).
///
///     y = relu(bn2(conv2(relu(bn1(conv1(x))))) + shortcut(x))
///
/// `[N, H, W, I]` → `[N, H/stride, W/stride, O]`.
public final class BasicBlock: ResidualBlock {
    /// Output channels per unit of width.
    public static let expansion = 1

    /// 3×3, with the block's stride.
    public let conv1: Conv2d
    /// After `conv1`, with ReLU.
    public let bn1: BatchNorm2d
    /// 3×3.
    public let conv2: Conv2d
    /// After `conv2`, with the shortcut and ReLU.
    public let bn2: BatchNorm2d
    /// The shortcut's projection, where size or channels change.
    public let downsample: Sequential?

    init(
        inChannels: Int, width: Int, stride: Int, dilation: Int = 1, normalization: Normalization
    ) {
        conv1 = Conv2d(
            inChannels: inChannels, outChannels: width, kernelSize: 3, stride: Spatial(stride),
            padding: Spatial(dilation), dilation: Spatial(dilation), bias: false)
        bn1 = normalization.layer(width)
        conv2 = Conv2d(
            inChannels: width, outChannels: width, kernelSize: 3, padding: Spatial(dilation),
            dilation: Spatial(dilation), bias: false)
        bn2 = normalization.layer(width)
        downsample = normalization.shortcut(from: inChannels, to: width, stride: stride)
    }

    /// The output of the block.
    public func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor {
        let inner = bn1(conv1(x), phase, relu: true)
        let shortcut = downsample.map { $0(x, phase) } ?? x
        return bn2(conv2(inner), phase, residual: shortcut, relu: true)
    }

    /// The shape of the output.
    public func outputShape(for input: Shape, noting trace: inout ShapeTrace) -> Shape {
        var shape = input
        for layer in [conv1, bn1, conv2, bn2] as [any Module] {
            shape = layer.outputShape(for: shape, noting: &trace)
        }
        _ = downsample?.outputShape(for: input, noting: &trace)
        return shape
    }

    /// Two convolutions, the second with the shortcut, and its projection where there is one.
    public func lower(_ x: PlanValue, into plan: inout PlanBuilder) -> PlanValue {
        let inner = plan.relu(bn1.lower(conv1.lower(x, into: &plan), into: &plan))
        let residual = bn2.lower(conv2.lower(inner, into: &plan), into: &plan)
        let shortcut = downsample?.lower(x, into: &plan) ?? x
        return plan.relu(plan.add(residual, shortcut))
    }

    /// Sets the factor of `bn2` to zero.
    public func zeroLastNormalization() { bn2.weight.value = .zeros(bn2.weight.value.shape) }
}

import Tensor

/// A 3×3 convolution between two 1×1 convolutions that narrow and widen, around a shortcut (He et
/// al. 2015, figure 5 right).
///
///     y = relu(bn3(conv3(relu(bn2(conv2(relu(bn1(conv1(x)))))))) + shortcut(x))
///
/// The stride is on the 3×3 convolution, as in torchvision (the paper has it on the first 1×1).
/// `[N, H, W, I]` → `[N, H/stride, W/stride, 4·width]`.
public final class Bottleneck: ResidualBlock {
    /// Output channels per unit of width.
    public static let expansion = 4

    /// 1×1, narrows.
    public let conv1: Conv2d
    /// After `conv1`, with ReLU.
    public let bn1: BatchNorm2d
    /// 3×3, with the block's stride.
    public let conv2: Conv2d
    /// After `conv2`, with ReLU.
    public let bn2: BatchNorm2d
    /// 1×1, widens.
    public let conv3: Conv2d
    /// After `conv3`, with the shortcut and ReLU.
    public let bn3: BatchNorm2d
    /// The shortcut's projection, where size or channels change.
    public let downsample: Sequential?

    init(
        inChannels: Int, width: Int, stride: Int, dilation: Int = 1, normalization: Normalization
    ) {
        let outChannels = width * Bottleneck.expansion
        conv1 = Conv2d(inChannels: inChannels, outChannels: width, kernelSize: 1, bias: false)
        bn1 = normalization.layer(width)
        conv2 = Conv2d(
            inChannels: width, outChannels: width, kernelSize: 3, stride: Spatial(stride),
            padding: Spatial(dilation), dilation: Spatial(dilation), bias: false)
        bn2 = normalization.layer(width)
        conv3 = Conv2d(inChannels: width, outChannels: outChannels, kernelSize: 1, bias: false)
        bn3 = normalization.layer(outChannels)
        downsample = normalization.shortcut(from: inChannels, to: outChannels, stride: stride)
    }

    /// The output of the block. What the inner convolutions get is not kept for the gradients but
    /// computed again: these networks are the ones that need much memory.
    public func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor {
        let narrow = bn1(conv1(x), phase, relu: true, keepsOutput: false)
        let inner = bn2(conv2(narrow), phase, relu: true, keepsOutput: false)
        let shortcut = downsample.map { $0(x, phase) } ?? x
        return bn3(conv3(inner), phase, residual: shortcut, relu: true)
    }

    /// The shape of the output.
    public func outputShape(for input: Shape, noting trace: inout ShapeTrace) -> Shape {
        var shape = input
        for layer in [conv1, bn1, conv2, bn2, conv3, bn3] as [any Module] {
            shape = layer.outputShape(for: shape, noting: &trace)
        }
        _ = downsample?.outputShape(for: input, noting: &trace)
        return shape
    }

    /// Three convolutions, the last with the shortcut, and its projection where there is one.
    public func lower(_ x: PlanValue, into plan: inout PlanBuilder) -> PlanValue {
        let narrow = plan.relu(bn1.lower(conv1.lower(x, into: &plan), into: &plan))
        let inner = plan.relu(bn2.lower(conv2.lower(narrow, into: &plan), into: &plan))
        let residual = bn3.lower(conv3.lower(inner, into: &plan), into: &plan)
        let shortcut = downsample?.lower(x, into: &plan) ?? x
        return plan.relu(plan.add(residual, shortcut))
    }

    /// Sets the factor of `bn3` to zero.
    public func zeroLastNormalization() { bn3.weight.value = .zeros(bn3.weight.value.shape) }
}

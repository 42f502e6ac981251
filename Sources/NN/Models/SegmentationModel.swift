import Tensor

/// A model that gives a logit for each class of every pixel: `[N, H, W, 3]` →
/// `[N, H, W, classCount]`.
///
/// Its parts hand each other several values (features at several scales, the size of the image), so
/// it is a single stage, `network`, and implements the module's methods itself.
public protocol SegmentationModel: PredictionModel {}

extension SegmentationModel {
    /// `network`, the whole.
    public var stages: [Stage] { [Stage("network", [self])] }
}

/// The shape of logits for every pixel of `input`.
func segmentationShape(_ input: Shape, classCount: Int) -> Shape {
    [input[0], input[1], input[2], classCount]
}

/// A convolution without bias, a normalisation and a ReLU: positions 0, 1 and 2 of a `Sequential`.
func convolutionUnit(
    _ inChannels: Int, _ outChannels: Int, kernelSize: Int, dilation: Int = 1,
    _ normalization: Normalization
) -> [any Module] {
    [
        Conv2d(
            inChannels: inChannels, outChannels: outChannels, kernelSize: Spatial(kernelSize),
            padding: Spatial(dilation * (kernelSize / 2)), dilation: Spatial(dilation), bias: false),
        normalization.layer(outChannels), ReLU(),
    ]
}

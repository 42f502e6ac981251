import Tensor

/// What several heads of a `MultiTaskModel` share: a network whose features come from one residual
/// encoder.
///
/// A `ResNetEncoder` has heads for whole images only; a `UNet` also gives logits for every pixel.
public protocol Trunk: Module {
    /// What makes the features.
    var encoder: ResNetEncoder { get }
}

extension ResNetEncoder: Trunk {
    /// Itself.
    public var encoder: ResNetEncoder { self }
}

extension UNet: Trunk {
    /// The contracting side.
    public var encoder: ResNetEncoder { backbone }
}

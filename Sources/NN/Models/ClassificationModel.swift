/// A model that gives a logit for each class of an image: `[N, H, W, 3]` → `[N, classCount]`.
///
/// A conforming type needs its stages, the last of which ends in the layer that `classifierNames` names.
public protocol ClassificationModel: PredictionModel {}

extension ClassificationModel {
    /// `fc`, torchvision's name.
    public var classifierNames: [String] { ["fc"] }
}

/// A model that gives a logit for each class of an image: `[N, H, W, 3]` → `[N, classCount]`.
///
/// What the registry makes and what training, evaluation and serving take. A conforming type needs
/// its stages, the last of which ends in the layer named `classifierName`.
public protocol ClassificationModel: StagedModel {
    /// The number of classes.
    var classCount: Int { get }

    /// The name of the last layer, the only one whose shapes depend on the number of classes: what
    /// starts anew when trained weights are taken over for other classes.
    var classifierName: String { get }
}

extension ClassificationModel {
    /// `fc`, torchvision's name.
    public var classifierName: String { "fc" }
}

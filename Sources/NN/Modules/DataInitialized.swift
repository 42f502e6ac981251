import Tensor

/// A model some of whose first values are computed from training images.
///
/// Whoever trains such a model from random values calls `initialize(fromImages:)` once after
/// `initialize(seed:)`; a model that is loaded has its values already.
public protocol DataInitialized: Module {
    /// How many training images are wanted; fewer do.
    var initializationImageCount: Int { get }

    /// Trained values beside the computed ones that settle soon: a recipe may stop training them
    /// early.
    var earlyParameters: [Parameter] { get }

    /// Computes the values.
    ///
    /// - Parameter next: Gives normalised images `[N, H, W, C]`, not augmented, batch by batch, and
    ///   nil at the end. How they are divided into batches does not change the result.
    func initialize(fromImages next: () throws -> Tensor?) rethrows
}

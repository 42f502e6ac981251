import Datasets
import NN
import Support
import Tensor

/// A loaded model that turns pictures into probabilities.
///
/// One owner at a time; not `Sendable`.
public final class Classifier {
    /// What the model is.
    public let description: ModelDescription
    /// The number of trained values.
    public let parameterCount: Int

    /// The model itself.
    public let model: any ClassificationModel

    /// Takes a model with its description.
    public init(model: any ClassificationModel, description: ModelDescription) {
        self.model = model
        self.description = description
        parameterCount = model.parameterCount
    }

    /// Loads the model file, or the run folder, at `path`.
    public convenience init(path: String) throws {
        let file = try ModelFile(path)
        self.init(model: try file.loadModel(), description: file.description)
    }

    /// The probabilities of the classes for prepared pictures.
    ///
    /// - Parameters:
    ///   - pixels: Normalised floats, `[N, H, W, 3]`.
    ///   - shape: `[N, H, W, 3]`.
    /// - Returns: `[N, C]`, row-major.
    public func probabilities(of pixels: [Float], shape: [Int]) -> [Float] {
        softmax(model(Tensor(pixels, shape: Shape(shape)), .inference)).array()
    }

    /// The probabilities of the classes for one picture, `[C]`.
    public func probabilities(of image: Image) -> [Float] {
        let size = description.preprocessing.outputSize(
            for: Spatial(height: image.height, width: image.width))
        return probabilities(
            of: description.preprocessing.apply(image), shape: [1, size.height, size.width, 3])
    }
}

import Datasets
import NN
import Support
import Tensor

/// A loaded model that turns pictures into probabilities, by plans for the sizes that come.
///
/// One owner at a time; not `Sendable`.
public final class Classifier {
    /// What the model is.
    public let description: ModelDescription
    /// The number of trained values.
    public let parameterCount: Int

    /// The model itself, which must not change any more.
    public let model: any ClassificationModel

    private let plans: PlanCache

    /// Takes a model with its description.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - description: What it is.
    ///   - plansSingleImages: Whether single pictures have plans of their own, which are faster and
    ///     round otherwise; else a picture has the same bits in every batch.
    public init(
        model: any ClassificationModel, description: ModelDescription,
        plansSingleImages: Bool = false
    ) {
        self.model = model
        self.description = description
        plans = PlanCache(
            model, probabilities: true, plansSingleImages: plansSingleImages)
        parameterCount = model.parameterCount
    }

    /// Loads the model file, or the run folder, at `path`.
    ///
    /// - Parameter task: The name of one of its tasks; nil takes the first that is about pictures.
    public convenience init(path: String, task: String? = nil) throws {
        try self.init(file: ModelFile(path), task: task)
    }

    /// Loads the model of `file`, or of one of its tasks.
    public convenience init(
        file: ModelFile, task: String? = nil, plansSingleImages: Bool = false
    ) throws {
        let (model, description) = try file.loadClassifier(task: task)
        self.init(
            model: model, description: description, plansSingleImages: plansSingleImages)
    }

    /// The probabilities of the classes for prepared pictures.
    ///
    /// - Parameters:
    ///   - pixels: Normalised floats, `[N, H, W, 3]`.
    ///   - shape: `[N, H, W, 3]`.
    /// - Returns: `[N, C]`, row-major.
    public func probabilities(of pixels: [Float], shape: [Int]) -> [Float] {
        pixels.isEmpty ? [] : plans(pixels, shape: Shape(shape))[0]
    }

    /// The probabilities of the classes for one picture, `[C]`.
    public func probabilities(of image: Image) -> [Float] {
        let size = description.preprocessing.outputSize(
            for: Spatial(height: image.height, width: image.width))
        return probabilities(
            of: description.preprocessing.apply(image), shape: [1, size.height, size.width, 3])
    }
}

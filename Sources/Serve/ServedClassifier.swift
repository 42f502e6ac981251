import Datasets
import Inference
import NN
import Support
import Tensor

/// A model file as a served model: the preprocessing that was saved with it, then one forward pass.
///
/// Unchecked: the classifier, which has one owner at a time, is touched by `predict` alone, and that
/// runs on one thread; what `prepare` reads never changes.
public final class ServedClassifier: ServedModel, @unchecked Sendable {
    /// Normalised floats, `[height, width, 3]`.
    public typealias Input = [Float]

    /// Facts about the model.
    public let information: ModelInformation

    private let classifier: Classifier
    private let preprocessing: Preprocessing
    private let inputShape: [Int]

    /// Loads the model file, or the run folder, at `path`; else as `init(file:)`.
    public convenience init(path: String) throws { try self.init(file: ModelFile(path)) }

    /// Loads the model of `file` and runs it once so that the first request finds everything ready.
    ///
    /// - Parameters:
    ///   - file: The model file.
    ///   - task: The name of one of its tasks; nil takes the first that is about pictures.
    /// - Throws: What loading throws, or `FileError` where the model takes pictures of any size, which
    ///   cannot be put in one batch.
    public init(file: ModelFile, task: String? = nil) throws {
        classifier = try Classifier(file: file, task: task, plansSingleImages: true)
        preprocessing = file.description.preprocessing
        guard let size = preprocessing.outputSize else {
            throw FileError(
                path: file.path,
                message:
                    "its preprocessing leaves pictures at their own size; to be served it must "
                    + "bring them to one (data.resize in the configuration)")
        }
        inputShape = [size.height, size.width, 3]
        let summary = ModelSummary(
            of: classifier.model, input: [1, size.height, size.width, 3])
        information = ModelInformation(
            name: file.description.modelName, architecture: file.description.modelName,
            parameterCount: classifier.parameterCount,
            inputSize: (height: size.height, width: size.width),
            stages: summary.stages.map {
                ModelInformation.Stage(
                    name: $0.name, outputShape: channelsFirst($0.outputShape.dimensions))
            },
            checkpoint: file.path, classNames: classifier.description.classNames,
            preprocessing: preprocessing.json, device: CPUBackend.shared.name)
        _ = try predict([[Float](repeating: 0, count: inputShape.reduce(1, *))])
    }

    /// Decodes and prepares an uploaded picture.
    public func prepare(_ bytes: [UInt8], limits: ImageLimits) throws -> [Float] {
        let decoding = DecodeLimits(maximumPixels: limits.maximumPixels, maximumSide: .max)
        do {
            return preprocessing.apply(
                try decodeImage(bytes, limits: decoding, name: "the uploaded image"))
        } catch {
            if case .tooLarge(let width, let height, _) = error.reason {
                throw ImageRejection.tooManyPixels(
                    width: width, height: height, limit: limits.maximumPixels)
            }
            throw ImageRejection.undecodable("\(error)")
        }
    }

    /// The probabilities of each picture.
    public func predict(_ inputs: [[Float]]) throws -> [[Float]] {
        let classCount = information.classNames.count
        let probabilities = classifier.probabilities(
            of: inputs.flatMap(\.self), shape: [inputs.count] + inputShape)
        return inputs.indices.map {
            Array(probabilities[$0 * classCount..<($0 + 1) * classCount])
        }
    }
}

/// The shape of one image's output as clients expect it: `[C, h, w]` for `[1, h, w, C]`.
private func channelsFirst(_ dimensions: [Int]) -> [Int] {
    guard let channels = dimensions.last else { return [] }
    return [channels] + dimensions.dropFirst().dropLast()
}

import Support
import Tensor

/// The models by name: one row of a table each. `docs/adding-a-model.md` shows how to add one.
public enum ModelRegistry {
    /// The table.
    private static let entries: [ModelEntry] = [
        .resNet(
            "cifar10-cnn", inputSize: 32,
            ResNetDesign(
                stem: .small, block: .basic, blockCounts: [1, 2, 2], widths: [64, 128, 256],
                dropout: 0.5)),
        .airbench("airbench94", widths: [64, 256, 256]),
        .airbench("airbench94-muon", widths: [64, 256, 256], head: .normalized),
        .airbench("airbench95", widths: [128, 384, 384]),
        .resNet("resnet20", inputSize: 32, .cifar(blocksPerStage: 3)),
        .resNet("resnet32", inputSize: 32, .cifar(blocksPerStage: 5)),
        .resNet("resnet44", inputSize: 32, .cifar(blocksPerStage: 7)),
        .resNet("resnet56", inputSize: 32, .cifar(blocksPerStage: 9)),
        .resNet(
            "cifar-resnet18", inputSize: 32,
            ResNetDesign(
                stem: .small, block: .basic, blockCounts: [2, 2, 2, 2],
                widths: [64, 128, 256, 512])),
        .resNet("resnet18", inputSize: 224, .imageNet(.basic, [2, 2, 2, 2])),
        .resNet("resnet34", inputSize: 224, .imageNet(.basic, [3, 4, 6, 3])),
        .resNet("resnet50", inputSize: 224, .imageNet(.bottleneck, [3, 4, 6, 3])),
        .resNet("resnet101", inputSize: 224, .imageNet(.bottleneck, [3, 4, 23, 3])),
        .resNet("resnet152", inputSize: 224, .imageNet(.bottleneck, [3, 8, 36, 3])),
        .fcn("fcn_resnet50", .imageNet(.bottleneck, [3, 4, 6, 3])),
        .fcn("fcn_resnet101", .imageNet(.bottleneck, [3, 4, 23, 3])),
        .deepLabV3("deeplabv3_resnet18", .imageNet(.basic, [2, 2, 2, 2])),
        .deepLabV3("deeplabv3_resnet50", .imageNet(.bottleneck, [3, 4, 6, 3])),
        .deepLabV3("deeplabv3_resnet101", .imageNet(.bottleneck, [3, 4, 23, 3])),
        .uNet("unet-resnet18", .imageNet(.basic, [2, 2, 2, 2])),
        .uNet("unet-resnet34", .imageNet(.basic, [3, 4, 6, 3])),
        .uNet("unet-resnet50", .imageNet(.bottleneck, [3, 4, 6, 3])),
    ]

    /// All names.
    public static let names: [String] = entries.map(\.name)

    /// The size of image that the model `name` was designed for. Other sizes work.
    ///
    /// - Throws: `ModelError` when there is no such model.
    public static func defaultInputSize(of name: String) throws(ModelError) -> Spatial {
        try entry(name).inputSize
    }

    /// What the model `name` gives logits for.
    ///
    /// - Throws: `ModelError` when there is no such model.
    public static func task(of name: String) throws(ModelError) -> ModelTask {
        try entry(name).task
    }

    /// ε of the batch normalisations of the model `name` made with `options`: what a model file must
    /// say, as it is no weight.
    ///
    /// - Throws: `ModelError` when there is no such model.
    public static func batchNormEpsilon(
        of name: String, options: ModelOptions = ModelOptions()
    ) throws(ModelError) -> Float {
        try entry(name).normalization(options).epsilon
    }

    /// The stages of the model `name` and the parameters in them.
    ///
    /// - Throws: `ModelError` when there is no such model.
    public static func outline(of name: String) throws(ModelError) -> ModelOutline {
        // A backend of its own, as this may be asked before the shared one is configured.
        try withBackend(ReferenceBackend()) {
            Result { () throws(ModelError) in
                ModelOutline(of: try make(name, classCount: 1, seed: nil))
            }
        }.get()
    }

    /// Why the model `name` cannot be made with `options`; nil if it can.
    public static func refusal(of options: ModelOptions, for name: String) -> ModelError? {
        withBackend(ReferenceBackend()) { () -> ModelError? in
            do throws(ModelError) {
                _ = try make(name, classCount: 1, seed: nil, options: options)
                return nil
            } catch {
                return error
            }
        }
    }

    /// Makes the model `name`.
    ///
    /// - Parameters:
    ///   - name: One of `names`.
    ///   - classCount: The number of logits.
    ///   - seed: From which the first values of the parameters are drawn; nil leaves filters and
    ///     the last layer at zero, for a model that is about to be loaded.
    ///   - options: Changes to the model.
    /// - Throws: `ModelError` when there is no such model or an option is out of range.
    public static func make(
        _ name: String, classCount: Int, seed: UInt64?, options: ModelOptions = ModelOptions()
    ) throws(ModelError) -> any PredictionModel {
        let entry = try entry(name)
        try options.validate()
        guard classCount >= 1 else {
            throw ModelError(description: "class count \(classCount) is not at least 1")
        }
        return try entry.make(
            ModelEntry.Request(
                name: name, classCount: classCount, seed: seed, options: options,
                normalization: entry.normalization(options)))
    }

    private static func entry(_ name: String) throws(ModelError) -> ModelEntry {
        if let entry = entries.first(where: { $0.name == name }) { return entry }
        let hint = closestMatch(to: name, in: names).map { "did you mean '\($0)'? " } ?? ""
        throw ModelError(
            description: "unknown model '\(name)'; \(hint)known: \(names.joined(separator: ", "))")
    }
}

/// A row of the registry. Each architecture has a static function that makes its rows, beside its
/// class.
struct ModelEntry: Sendable {
    /// What a model is made of.
    struct Request {
        /// The model's name, for errors.
        let name: String
        /// The number of logits.
        let classCount: Int
        /// From which the first values are drawn; nil for none.
        let seed: UInt64?
        /// What the configuration changes.
        let options: ModelOptions
        /// The model's own batch normalisation with the options' changes.
        let normalization: Normalization
    }

    /// The name in configurations and model files.
    let name: String
    /// The size of image that the model was designed for.
    let inputSize: Spatial
    /// What it gives logits for.
    var task = ModelTask.classification
    /// How its batch normalisations are made unless the options say otherwise.
    var normalization = Normalization()
    /// Makes the model.
    let make: @Sendable (Request) throws(ModelError) -> any PredictionModel

    /// The model's own batch normalisation with the changes of `options`.
    func normalization(_ options: ModelOptions) -> Normalization {
        var result = normalization
        result.epsilon = options.batchNormEpsilon ?? result.epsilon
        result.momentum = options.batchNormMomentum ?? result.momentum
        return result
    }
}

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
        .airbench("airbench96", widths: [128, 384, 512], depth: 3, batchNormMomentum: 0.1),
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
        .uNet("unet-resnet101", .imageNet(.bottleneck, [3, 4, 23, 3])),
    ]

    /// All names.
    public static let names: [String] = entries.map(\.name)

    /// The size of image that the model `name` was designed for. Other sizes work.
    ///
    /// - Throws: `ModelError` when there is no such model.
    public static func defaultInputSize(of name: String) throws(ModelError) -> Spatial {
        try entry(name).inputSize
    }

    /// The number of classes of the data that the model `name` was designed for: 10 of CIFAR, 21 of
    /// PASCAL VOC, or 1000 of ImageNet. Others work.
    ///
    /// - Throws: `ModelError` when there is no such model.
    public static func defaultClassCount(of name: String) throws(ModelError) -> Int {
        let entry = try entry(name)
        if entry.task == .segmentation { return 21 }
        return entry.inputSize.height == 32 ? 10 : 1000
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

    /// The stages of the model `name` with heads for `tasks`, and the parameters in them.
    ///
    /// - Parameter tasks: What it learns; nil for what it is made for.
    /// - Throws: `ModelError` when there is no such model, or it cannot learn these tasks.
    public static func outline(
        of name: String, tasks: [ModelTask]? = nil
    ) throws(ModelError) -> ModelOutline {
        let own = try task(of: name)
        let heads = (tasks ?? [own]).map { ModelHead($0, classCount: 1) }
        // A backend of its own, as this may be asked before the shared one is configured.
        return try withBackend(ReferenceBackend()) {
            Result { () throws(ModelError) in
                ModelOutline(of: try make(name, heads: heads, seed: nil))
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

    /// Makes the model `name` with a head for each of several tasks on its trunk; for a single one, the
    /// model itself.
    ///
    /// - Throws: `ModelError` also when the model cannot have these heads.
    public static func make(
        _ name: String, heads: [ModelHead], seed: UInt64?, options: ModelOptions = ModelOptions()
    ) throws(ModelError) -> any PredictionModel {
        let entry = try entry(name)
        try entry.check(heads)
        if heads.count == 1 {
            return try make(name, classCount: heads[0].classCount, seed: seed, options: options)
        }
        try options.validate()
        let pixels = heads.first { $0.task == .segmentation }
        let request = ModelEntry.Request(
            name: name, classCount: pixels?.classCount ?? 1, seed: seed, options: options,
            normalization: entry.normalization(options))
        guard let trunk = entry.makeTrunk?(request) else {
            throw ModelError(description: "model '\(name)' has no trunk for several tasks")
        }
        let model = MultiTaskModel(
            trunk, tasks: heads.map(\.task), classCounts: heads.map(\.classCount),
            dropout: options.dropout ?? 0)
        request.initialize(model)
        return model
    }

    /// Why the model `name` cannot learn these tasks; nil if it can.
    public static func refusal(of heads: [ModelHead], for name: String) -> ModelError? {
        do throws(ModelError) {
            try entry(name).check(heads)
            return nil
        } catch {
            return error
        }
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

        /// Draws the first values of a residual network, if a seed is given.
        func initialize(_ model: some Module) {
            guard let seed else { return }
            model.initialize(seed: seed)
            if options.zeroInitResidual ?? true { model.zeroLastNormalizations() }
        }
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
    /// Makes what several heads share; nil where there is no such part.
    var makeTrunk: (@Sendable (Request) -> any Trunk)?

    /// The model's own batch normalisation with the changes of `options`.
    func normalization(_ options: ModelOptions) -> Normalization {
        var result = normalization
        result.epsilon = options.batchNormEpsilon ?? result.epsilon
        result.momentum = options.batchNormMomentum ?? result.momentum
        return result
    }

    /// Refuses heads that the model cannot have.
    func check(_ heads: [ModelHead]) throws(ModelError) {
        func refuse(_ reason: String) -> ModelError {
            ModelError(description: "model '\(name)' \(reason)")
        }
        let pixelTasks = heads.count { $0.task == .segmentation }
        switch task {
        case .classification where pixelTasks > 0:
            throw refuse(
                "gives classes for whole images, not for pixels; a segmentation needs one such as "
                    + "unet-resnet18")
        case .segmentation where pixelTasks == 0:
            throw refuse(
                "gives classes for pixels, not for whole images; choose a classifier such as resnet18"
            )
        default: break
        }
        guard pixelTasks <= 1 else { throw refuse("can learn one segmentation, not \(pixelTasks)") }
        guard heads.count <= 1 || makeTrunk != nil else {
            throw refuse(
                "cannot learn several tasks at once; resnet18 to resnet152 can, and with a "
                    + "segmentation among the tasks unet-resnet18 to unet-resnet101")
        }
    }
}

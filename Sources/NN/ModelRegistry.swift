import Support
import Tensor

/// What a configuration may change about a model without changing its name.
public struct ModelOptions: Sendable, Hashable {
    /// Whether every residual block starts as its shortcut.
    public var zeroInitResidual: Bool
    /// The probability of dropout before the last layer; nil for the model's own.
    public var dropout: Float?
    /// The share of the batch in the running statistics of batch normalisation.
    public var batchNormMomentum: Float
    /// ε of batch normalisation.
    public var batchNormEpsilon: Float

    /// Creates options.
    public init(
        zeroInitResidual: Bool = true, dropout: Float? = nil, batchNormMomentum: Float = 0.1,
        batchNormEpsilon: Float = 1e-5
    ) {
        self.zeroInitResidual = zeroInitResidual
        self.dropout = dropout
        self.batchNormMomentum = batchNormMomentum
        self.batchNormEpsilon = batchNormEpsilon
    }
}

/// A model that cannot be made, in words for the author of a configuration.
public struct ModelError: Error, Equatable, CustomStringConvertible {
    /// What was asked for, why it cannot be, and what can.
    public let description: String
}

/// The models by name.
public enum ModelRegistry {
    private struct Entry {
        let name: String
        let design: ResNetDesign
        let inputSize: Spatial
    }

    private static let entries: [Entry] = [
        Entry(
            name: "cifar10-cnn",
            design: ResNetDesign(
                stem: .small, block: .basic, blockCounts: [1, 2, 2], widths: [64, 128, 256],
                dropout: 0.5),
            inputSize: 32),
        Entry(name: "resnet20", design: .cifar(blocksPerStage: 3), inputSize: 32),
        Entry(name: "resnet32", design: .cifar(blocksPerStage: 5), inputSize: 32),
        Entry(name: "resnet44", design: .cifar(blocksPerStage: 7), inputSize: 32),
        Entry(name: "resnet56", design: .cifar(blocksPerStage: 9), inputSize: 32),
        Entry(
            name: "cifar-resnet18",
            design: ResNetDesign(
                stem: .small, block: .basic, blockCounts: [2, 2, 2, 2],
                widths: [64, 128, 256, 512]),
            inputSize: 32),
        Entry(name: "resnet18", design: .imageNet(.basic, [2, 2, 2, 2]), inputSize: 224),
        Entry(name: "resnet34", design: .imageNet(.basic, [3, 4, 6, 3]), inputSize: 224),
        Entry(name: "resnet50", design: .imageNet(.bottleneck, [3, 4, 6, 3]), inputSize: 224),
        Entry(name: "resnet101", design: .imageNet(.bottleneck, [3, 4, 23, 3]), inputSize: 224),
        Entry(name: "resnet152", design: .imageNet(.bottleneck, [3, 8, 36, 3]), inputSize: 224),
    ]

    /// All names.
    public static let names: [String] = entries.map(\.name)

    /// The size of image that the model `name` was designed for. Other sizes work.
    ///
    /// - Throws: `ModelError` when there is no such model.
    public static func defaultInputSize(of name: String) throws(ModelError) -> Spatial {
        try entry(name).inputSize
    }

    /// The design behind `name`.
    ///
    /// - Throws: `ModelError` when there is no such model.
    public static func design(of name: String) throws(ModelError) -> ResNetDesign {
        try entry(name).design
    }

    /// The names of the stages of the model `name`, first to last.
    ///
    /// - Throws: `ModelError` when there is no such model.
    public static func stageNames(of name: String) throws(ModelError) -> [String] {
        // A backend of its own, as this may be asked before the shared one is configured.
        try withBackend(ReferenceBackend()) {
            Result { () throws(ModelError) in
                try make(name, classCount: 1, seed: nil).stageNames
            }
        }.get()
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
    ) throws(ModelError) -> ResNet {
        var design = try entry(name).design
        try validate(classCount: classCount, options)
        design.dropout = options.dropout ?? design.dropout
        let model = ResNet(
            design, classCount: classCount, batchNormEpsilon: options.batchNormEpsilon,
            batchNormMomentum: options.batchNormMomentum)
        if let seed {
            model.initialize(seed: seed)
            if options.zeroInitResidual { model.zeroLastNormalizations() }
        }
        return model
    }

    private static func entry(_ name: String) throws(ModelError) -> Entry {
        if let entry = entries.first(where: { $0.name == name }) { return entry }
        let hint = closestMatch(to: name, in: names).map { "did you mean '\($0)'? " } ?? ""
        throw ModelError(
            description: "unknown model '\(name)'; \(hint)known: \(names.joined(separator: ", "))")
    }

    private static func validate(
        classCount: Int, _ options: ModelOptions
    ) throws(ModelError) {
        guard classCount >= 1 else {
            throw ModelError(description: "class count \(classCount) is not at least 1")
        }
        if let dropout = options.dropout, !(dropout >= 0 && dropout < 1) {
            throw ModelError(description: "dropout \(dropout) is not in [0, 1)")
        }
        guard options.batchNormMomentum > 0, options.batchNormMomentum <= 1 else {
            throw ModelError(
                description:
                    "batch norm momentum \(options.batchNormMomentum) is not in (0, 1]; it is the "
                    + "share of the new value")
        }
        guard options.batchNormEpsilon > 0, options.batchNormEpsilon.isFinite else {
            throw ModelError(
                description: "batch norm epsilon \(options.batchNormEpsilon) is not positive")
        }
    }
}

import Datasets
import Foundation
import NN
import Support
import Tensor

/// What a model file says about its model besides the weights: enough to make the model, to prepare
/// a picture for it, and to know where it came from.
public struct ModelDescription: Sendable, Equatable {
    /// The model's name in the registry.
    public var modelName: String
    /// ε of batch normalisation.
    public var batchNormEpsilon: Float
    /// How it was computed in training; it is to be used in the same way.
    public var numerics: Numerics
    /// Which of a run's weights are to be used.
    public var weights = ModelWeights.raw
    /// What it has learned, the main task first.
    public var tasks: [Target]
    /// What is done to a decoded picture before the model sees it.
    public var preprocessing: Preprocessing
    /// The name of the data the model was trained on, and the SHA-256 of its training part.
    public var dataName: String, dataFingerprint: String
    /// The resolved configuration of the run, YAML.
    public var configuration: String
    /// Figures measured when the file was written.
    public var metrics: JSONValue
    /// The commit of the program's source tree, where known.
    public var commit: String?

    /// The names of the classes of the main task, in the order of the logits.
    public var classNames: [String] { tasks[0].classNames }

    /// Describes a model of at least one task.
    public init(
        modelName: String, batchNormEpsilon: Float, tasks: [Target],
        preprocessing: Preprocessing, dataName: String, dataFingerprint: String,
        configuration: String, metrics: JSONValue = [:], commit: String? = nil,
        numerics: Numerics = .fast
    ) {
        self.modelName = modelName
        self.batchNormEpsilon = batchNormEpsilon
        self.numerics = numerics
        self.tasks = tasks
        self.preprocessing = preprocessing
        self.dataName = dataName
        self.dataFingerprint = dataFingerprint
        self.configuration = configuration
        self.metrics = metrics
        self.commit = commit
    }

    /// Makes the model, with its weights still to be loaded.
    public func makeModel() throws(ModelError) -> any PredictionModel {
        try ModelRegistry.make(
            modelName, heads: tasks.map { ModelHead($0.task, classCount: $0.classNames.count) },
            seed: nil, options: ModelOptions(batchNormEpsilon: batchNormEpsilon))
    }

    /// The description of the model of one task, as if it had learned nothing else.
    public func part(forTask position: Int) -> ModelDescription {
        var copy = self
        copy.tasks = [tasks[position]]
        return copy
    }
}

/// The keys of a model file's metadata that are ours.
private enum Key {
    static let version = "residual.version"
    static let model = "residual.model"
    static let weights = "weights"
    static let classes = "residual.classes"
    static let tasks = "residual.tasks"
    static let preprocessing = "residual.preprocessing"
    static let data = "residual.data"
    static let configuration = "residual.config"
    static let metrics = "residual.metrics"
    static let commit = "residual.commit"
}

extension ModelDescription {
    /// The layout of the metadata. Readers refuse a higher number.
    static let version = 1

    /// The description as metadata of a safetensors file: texts by name, most of them JSON.
    var metadata: [(key: String, value: String)] {
        let model: JSONValue = [
            "name": .string(modelName), "batch_norm_epsilon": .number(Double(batchNormEpsilon)),
            "numerics": .string(numerics.rawValue), Key.weights: .string(weights.rawValue),
        ]
        let data: JSONValue = [
            "name": .string(dataName), "fingerprint": .string(dataFingerprint),
        ]
        let always: [(key: String, value: String)] = [
            // What tells other readers that layouts and names are PyTorch's.
            ("format", "pt"),
            (Key.version, String(Self.version)),
            (Key.model, model.serialized()),
            (Key.classes, JSONValue.array(classNames.map { .string($0) }).serialized()),
            (Key.tasks, JSONValue.array(tasks.map(\.json)).serialized()),
            (Key.preprocessing, preprocessing.jsonText),
            (Key.data, data.serialized()),
            (Key.configuration, configuration),
            (Key.metrics, metrics.serialized()),
        ]
        return always + (commit.map { [(Key.commit, $0)] } ?? [])
    }

    /// Reads the metadata of the file at `path`.
    ///
    /// - Throws: `FileError` naming what is missing or wrong.
    init(metadata: [String: String], path: String) throws(FileError) {
        func fail(_ message: String) -> FileError { FileError(path: path, message: message) }
        func text(_ key: String) throws(FileError) -> String {
            if let text = metadata[key] { return text }
            throw fail(
                "has no '\(key)' in its metadata: these are weights, but not a model file of this "
                    + "program; expected a checkpoint from a run's folder")
        }
        func json(_ key: String) throws(FileError) -> JSONValue {
            let text = try text(key)
            do { return try JSONValue.parse(text) } catch {
                throw fail("metadata '\(key)' is not JSON: \(error)")
            }
        }
        guard let version = Int(try text(Key.version)), version <= Self.version else {
            throw fail(
                "has layout version '\(metadata[Key.version]!)'; this program reads up to "
                    + "\(Self.version): use a newer one")
        }
        let model = try json(Key.model)
        guard let name = model["name"]?.string,
            let epsilon = model["batch_norm_epsilon"]?.number, epsilon > 0, epsilon.isFinite
        else { throw fail("metadata '\(Key.model)' lacks the model's name or epsilon") }
        // Older files have none; all was fast then.
        let numericsName = model["numerics"]?.string ?? Numerics.fast.rawValue
        guard let numerics = Numerics(rawValue: numericsName) else {
            throw fail(
                "metadata '\(Key.model)' asks for the numerics '\(numericsName)'; this program knows "
                    + Numerics.allCases.map(\.rawValue).joined(separator: ", "))
        }
        let names = try json(Key.classes)
        let classNames = names.array?.compactMap(\.string) ?? []
        guard !classNames.isEmpty, classNames.count == names.array?.count else {
            throw fail("metadata '\(Key.classes)' is not a list of class names")
        }
        // Older files have none: they classify pictures.
        var tasks = [Target(name: "class", classNames: classNames)]
        if metadata[Key.tasks] != nil {
            let values = try json(Key.tasks).array ?? []
            tasks = values.compactMap(Target.init)
            guard !tasks.isEmpty, tasks.count == values.count, tasks[0].classNames == classNames
            else {
                throw fail("metadata '\(Key.tasks)' is not a list of tasks with their classes")
            }
        }
        let data = try json(Key.data)
        let preprocessing: Preprocessing
        let preprocessingText = try text(Key.preprocessing)
        do {
            preprocessing = try JSONDecoder().decode(
                Preprocessing.self, from: Data(preprocessingText.utf8))
        } catch {
            throw fail("metadata '\(Key.preprocessing)': \(error)")
        }
        self.init(
            modelName: name, batchNormEpsilon: Float(epsilon), tasks: tasks,
            preprocessing: preprocessing, dataName: data["name"]?.string ?? "",
            dataFingerprint: data["fingerprint"]?.string ?? "",
            configuration: try text(Key.configuration), metrics: try json(Key.metrics),
            commit: metadata[Key.commit], numerics: numerics)
        weights = ModelWeights(modelText: metadata[Key.model])
    }
}

/// Which weights of a run a file is about.
public enum ModelWeights: String, Sendable, CaseIterable {
    /// Those that training moves.
    case raw
    /// Their exponential moving average.
    case ema

    /// What the metadata `residual.model` says; files without it, and older ones, hold raw weights.
    init(modelText: String?) {
        let model = modelText.flatMap { try? JSONValue.parse($0) }
        self = model?[Key.weights]?.string.flatMap { ModelWeights(rawValue: $0) } ?? .raw
    }

    /// What the metadata of `file` says.
    init(of file: SafetensorsFile) { self.init(modelText: file.metadata(Key.model)) }
}

extension Preprocessing {
    /// The saved form, with its keys in a fixed order so that equal rules give equal files.
    fileprivate var jsonText: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else {
            fatalError("Preprocessing: \(self) has no JSON form")
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// The saved form as a document.
    public var json: JSONValue { (try? JSONValue.parse(jsonText)) ?? .null }
}

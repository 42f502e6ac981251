import Foundation
import NN
import Support
import Tensor

/// A model on disk: weights under torchvision's names, and the description of what they are.
///
/// A safetensors file, so that PyTorch and others open it; one file is all that serving needs. State
/// that only training needs lies beside the weights under names that start with `training.`.
public struct ModelFile {
    /// Where the file is.
    public let path: String
    /// What the model is.
    public let description: ModelDescription

    private let file: SafetensorsFile

    /// What the names of training state start with.
    public static let trainingPrefix = "training."
    private static let trainingKey = "residual.training"

    /// Opens the file at `path`, or the best (else the last) checkpoint of the run folder at `path`.
    ///
    /// - Throws: `FileError` or `SafetensorsError` naming the file and what is wrong with it.
    public init(_ path: String) throws {
        self.path = Self.resolve(path)
        if Self.isFolder(self.path) {
            throw FileError(
                path: path,
                message:
                    "is a folder without checkpoints; expected a checkpoint, or the folder of a "
                    + "run that has saved one")
        }
        file = try SafetensorsFile(path: self.path)
        description = try ModelDescription(
            metadata: Dictionary(file.metadata.map { ($0.key, $0.value) }) { first, _ in first },
            path: self.path)
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            && isFolder.boolValue
    }

    private static func resolve(_ path: String) -> String {
        for name in ["best", "last"] {
            let candidate = "\(path)/checkpoints/\(name).safetensors"
            if fileExists(candidate) { return candidate }
        }
        return path
    }

    /// Makes the model and loads its weights, which must be finite.
    public func loadModel() throws -> any PredictionModel {
        let model: any PredictionModel
        do {
            model = try description.makeModel()
        } catch {
            throw FileError(path: path, message: "\(error)")
        }
        try model.loadStateDict(Self.chosenWeights(in: file), source: path)
        try checkWeights(of: model)
        return model
    }

    /// As `loadModel`, for those who need a class for each image.
    ///
    /// - Parameter task: The name of one of the model's tasks; nil takes the first that is about images.
    /// - Returns: The model of that task, and the description of that task alone.
    /// - Throws: `FileError` also when the model has no such task, or gives classes for pixels only.
    public func loadClassifier(
        task: String? = nil
    ) throws -> (model: any ClassificationModel, description: ModelDescription) {
        let position = try position(ofClassifier: task)
        guard
            let model = try loadModel().part(forTask: position) as? any ClassificationModel
        else { fatalError("ModelFile: task \(position) of \(path) is no classification") }
        return (model, description.part(forTask: position))
    }

    private func position(ofClassifier name: String?) throws(FileError) -> Int {
        let tasks = description.tasks
        if let name {
            guard let position = tasks.firstIndex(where: { $0.name == name }) else {
                throw FileError(
                    path: path,
                    message: "has no task '\(name)'; it has learned "
                        + tasks.map(\.name).joined(separator: ", "))
            }
            if tasks[position].unit == .picture { return position }
        } else if let position = tasks.firstIndex(where: { $0.unit == .picture }) {
            return position
        }
        throw FileError(
            path: path,
            message:
                "holds the segmentation model \(description.modelName), which gives a class "
                + "for every pixel; expected a classifier, which gives one for the image")
    }

    /// A model that diverged would answer every picture with probabilities that are no numbers.
    private func checkWeights(of model: any PredictionModel) throws(FileError) {
        let values =
            (model.namedParameters + model.namedFrozenParameters).map {
                ($0.key, $0.parameter.value)
            }
            + model.namedStatistics.map { ($0.key, $0.statistic.value) }
        for (key, value) in values where !value.array().allSatisfy(\.isFinite) {
            throw FileError(
                path: path,
                message: "'\(key)' holds infinities or values that are not numbers: the training "
                    + "diverged; use an earlier checkpoint")
        }
    }

    /// Replaces the weights of `model` by those that training moves. All keys must fit.
    public func loadRawWeights(into model: some Module) throws {
        try model.loadStateDict(Self.rawWeights(in: file), source: path)
    }

    /// Replaces the weights of `model`, which may have other classes or other heads: then its last
    /// layers, and all that is not in the file's encoder, stay as they are. Works with any safetensors
    /// file whose names are torchvision's.
    ///
    /// - Returns: What was taken over.
    @discardableResult
    public static func loadTrunk(
        of path: String, into model: any PredictionModel
    ) throws -> LoadedTrunk {
        let file = try SafetensorsFile(path: resolve(path))
        var report = LoadedTrunk(path: path, weights: ModelWeights(of: file))
        let own = model.stateDict()
        let found = matched(chosenWeights(in: file), to: own, &report)
        let mine = Dictionary(uniqueKeysWithValues: own.map { ($0.key, $0.entry) })
        let entries = found.map { key, entry in
            if model.isClassifier(key), let mine = mine[key], mine.shape != entry.shape {
                report.restarted.append(
                    LoadedTrunk.Restarted(key: key, shape: mine.shape, inFile: entry.shape))
                return (key: key, entry: mine)
            }
            report.loadedCount += 1
            return (key: key, entry: entry)
        }
        let missing = own.filter { report.isMissing($0.key) }
        try model.loadStateDict(entries + missing, source: path)
        return report
    }

    /// The entries of a file by the names that a model has for them.
    ///
    /// Where the names differ, but the encoders (`conv1`, `bn1`, `layer1` …, wherever in the model) have
    /// the same ones, that is what fits, and what else is of the same name.
    private static func matched(
        _ entries: [(key: String, entry: StateEntry)],
        to own: [(key: String, entry: StateEntry)], _ report: inout LoadedTrunk
    ) -> [(key: String, entry: StateEntry)] {
        let byName = Dictionary(entries.map { (trunkName($0.key), $0.entry) }) { first, _ in first }
        func encoder(_ keys: [String]) -> Set<String> {
            Set(keys.map(trunkName).filter(isOfEncoder))
        }
        let (ownKeys, keys) = (own.map(\.key), entries.map(\.key))
        guard Set(ownKeys) != Set(keys), encoder(ownKeys) == encoder(keys),
            !encoder(ownKeys).isEmpty
        else { return entries }
        let ownNames = Set(ownKeys.map(trunkName))
        report.missingParts = parts(of: ownKeys) { byName[trunkName($0)] == nil }
        report.unusedParts = parts(of: keys) { !ownNames.contains(trunkName($0)) }
        return own.filter { !report.isMissing($0.key) }.compactMap { key, _ in
            byName[trunkName(key)].map { (key, $0) }
        }
    }

    /// The parts of those keys that `isMeant`, each once, in their order.
    private static func parts(of keys: [String], where isMeant: (String) -> Bool) -> [String] {
        keys.filter(isMeant).reduce(into: []) { parts, key in
            let part = LoadedTrunk.part(of: key)
            if !parts.contains(part) { parts.append(part) }
        }
    }

    /// A key as a plain network has it: without the names of what holds the encoder.
    private static func trunkName(_ key: String) -> String {
        var name = key[...]
        for holder in ["trunk.", "backbone."] where name.hasPrefix(holder) {
            name = name.dropFirst(holder.count)
        }
        return String(name)
    }

    private static func isOfEncoder(_ name: String) -> Bool {
        ["conv1.", "bn1.", "layer"].contains(where: name.hasPrefix)
    }

    private static func rawWeights(
        in file: SafetensorsFile
    ) -> [(key: String, entry: StateEntry)] {
        file.stateDict().filter { !$0.key.hasPrefix(trainingPrefix) }
    }

    /// The weights that the file says are to be used: in a checkpoint to go on from, those may be the
    /// average that lies among the training state.
    private static func chosenWeights(
        in file: SafetensorsFile
    ) -> [(key: String, entry: StateEntry)] {
        let raw = rawWeights(in: file)
        guard ModelWeights(of: file) == .ema else { return raw }
        let prefix = trainingPrefix + WeightAverage.statePrefix
        let averages = Dictionary(
            uniqueKeysWithValues: file.stateDict().filter { $0.key.hasPrefix(prefix) }.map {
                ($0.key.dropFirst(prefix.count), $0.entry)
            })
        return raw.map { ($0.key, averages[$0.key[...]] ?? $0.entry) }
    }

    /// What a trainer kept to go on from here: its state, and its buffers by name.
    ///
    /// - Throws: `FileError` where the file holds a model alone.
    public func trainingState() throws -> (
        state: JSONValue, entries: [(key: String, entry: StateEntry)]
    ) {
        guard let text = file.metadata(Self.trainingKey) else {
            throw FileError(
                path: path,
                message:
                    "holds a model but no training state; resume from checkpoints/last.safetensors")
        }
        do {
            let entries = file.stateDict().filter { $0.key.hasPrefix(Self.trainingPrefix) }
            return (
                try JSONValue.parse(text),
                entries.map { (String($0.key.dropFirst(Self.trainingPrefix.count)), $0.entry) }
            )
        } catch {
            throw FileError(path: path, message: "its training state is damaged: \(error)")
        }
    }

    /// Writes a model, atomically.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - description: What it is.
    ///   - training: State and buffers to go on from; nil for a model alone.
    ///   - path: The file, replaced if it exists.
    public static func write(
        _ model: some Module, _ description: ModelDescription,
        training: (state: JSONValue, entries: [(key: String, entry: StateEntry)])? = nil,
        to path: String
    ) throws {
        var metadata = description.metadata
        var entries = model.stateDict()
        if let training {
            metadata.append((trainingKey, training.state.serialized()))
            entries += training.entries.map { (trainingPrefix + $0.key, $0.entry) }
        }
        try SafetensorsFile.write(entries, metadata: metadata, to: path)
    }
}

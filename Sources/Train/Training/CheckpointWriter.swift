import Datasets
import Inference
import NN
import Support
import Tensor

/// Writes and reads the checkpoints of a run.
///
/// `last` holds everything that going on needs, the weights' moving average among it; `best` the model
/// alone. A kill between the two is
/// harmless: the resumed run repeats the updates since `last` and writes the same `best` again.
struct CheckpointWriter {
    private let run: RunDirectory
    private var description: ModelDescription
    private let savesLast: Bool

    init(
        _ configuration: Configuration, data: TrainingData, run: RunDirectory, commit: String?
    ) throws(ModelError) {
        self.run = run
        savesLast = configuration.checkpoint.saveLast
        description = ModelDescription(
            modelName: configuration.model.name,
            batchNormEpsilon: try ModelRegistry.batchNormEpsilon(
                of: configuration.model.name, options: configuration.modelOptions),
            tasks: data.targets, preprocessing: data.preprocessing, dataName: data.title,
            dataFingerprint: data.fingerprint, configuration: configuration.resolvedYAML(),
            commit: commit, numerics: configuration.numerics)
        description.weights = configuration.measuredWeights
    }

    /// Saves everything.
    func writeLast(
        _ model: any PredictionModel, _ buffers: TrainingBuffers, _ state: TrainingState
    ) throws {
        guard savesLast || state.ending != nil else { return }
        try ModelFile.write(
            model, description.measured(state.history.last),
            training: (state.json, buffers.state()), to: run.path(of: RunFile.lastCheckpoint))
    }

    /// Saves the model with the figures of `row`.
    func writeBest(_ model: any PredictionModel, _ row: HistoryRow) throws {
        try ModelFile.write(
            model, description.measured(row), to: run.path(of: RunFile.bestCheckpoint))
    }

    /// Loads the last checkpoint into `model` and `buffers`; nil where the run has none yet.
    ///
    /// - Throws: When the file is damaged or belongs to another configuration or other data.
    func restore(
        into model: any PredictionModel, _ buffers: TrainingBuffers
    ) throws -> TrainingState? {
        let path = run.path(of: RunFile.lastCheckpoint)
        guard fileExists(path) else { return nil }
        let file = try ModelFile(path)
        guard file.description.dataFingerprint == description.dataFingerprint else {
            throw FileError(
                path: path,
                message: "was trained on other data: the fingerprint of \(description.dataName) is "
                    + "\(description.dataFingerprint.prefix(12)) now and was "
                    + "\(file.description.dataFingerprint.prefix(12)) then; restore the data, or start "
                    + "a new run")
        }
        let (json, entries) = try file.trainingState()
        guard let state = TrainingState(json: json) else {
            throw FileError(path: path, message: "its training state is incomplete")
        }
        try file.loadRawWeights(into: model)
        try buffers.load(entries)
        return state
    }
}

extension ModelDescription {
    /// The description with the figures of a row of the history.
    fileprivate func measured(_ row: HistoryRow?) -> ModelDescription {
        var copy = self
        if let row { copy.metrics = row.json }
        return copy
    }
}

import ArgumentParser
import Datasets
import Glibc
import Inference
import NN
import Support
import Tensor
import Train

/// One call of `residual train`: from a configuration to a finished run.
struct TrainingSession {
    let loaded: LoadedConfiguration
    /// The folder of the run to go on with; nil makes a new one.
    let folder: String?

    /// The keys that a resumed run may change: none of them changes its weights.
    private static let changeable = [
        "threads", "limits.", "checkpoint.", "model.recompute=",
    ]

    init(loaded: LoadedConfiguration, folder: String?) {
        self.loaded = loaded
        self.folder = folder
    }

    /// Refuses what would change the weights of a run under way.
    static func validate(changes: [String]) throws {
        for text in changes where !changeable.contains(where: text.hasPrefix) {
            throw ValidationError(
                "'\(text)' would change a run under way; with --resume only threads=…, limits.…, "
                    + "checkpoint.… and model.recompute=… can be changed. Start a new run instead.")
        }
    }

    /// Takes the configuration from the run's own folder.
    init(resuming folder: String, overrides: [String]) throws {
        let run = try RunDirectory.open(folder)
        self.init(
            loaded: try Configuration.load(
                contentsOf: run.path(of: RunFile.configuration), overrides: overrides),
            folder: folder)
    }

    /// Trains, evaluates, writes the reports, and says where they are.
    func train(isQuiet: Bool) throws {
        let configuration = loaded.values
        let data = try TrainingData(configuration, cacheFolder: Folders.cache)
        let git = GitState.current()
        let run = try openRun()
        try record(run, data, git)
        let logFile = try LogFile(run)
        let display = TrainingDisplay(isQuiet: isQuiet) { try? logFile.write($0) }
        StopSignals.install()
        let trainer = try Trainer(
            configuration, data: data, run: run, commit: git?.commit, listener: display,
            stopRequest: StopSignals.request)
        let isComplete = try trainer.fit()
        display.finish()
        guard isComplete else {
            Terminal.note("resume with: residual train --resume \(shellCommand([run.path]))")
            throw StopSignals.exitCode
        }
        try report(run, data, git, trainer, display)
        display.finish()
    }

    private func openRun() throws -> RunDirectory {
        if let folder { return try RunDirectory.openForResume(folder) }
        if let output = loaded.values.output { return try RunDirectory.create(at: output) }
        return try RunDirectory.create(name: loaded.values.runName)
    }

    private func record(_ run: RunDirectory, _ data: TrainingData, _ git: GitState?) throws {
        try run.recordCommand(CommandLine.arguments)
        guard folder == nil else { return }
        try run.write(overridesYAML, to: RunFile.overrides)
        try run.record(RunEnvironment.current(dataFingerprint: data.fingerprint))
        if let git { try run.record(git) }
        // Last, because it makes the folder that of a run: what can be resumed is complete.
        try run.write(loaded.resolvedYAML(withOrigins: false), to: RunFile.configuration)
    }

    /// The changes of the command line as a YAML list.
    private var overridesYAML: String {
        loaded.overrides.isEmpty
            ? "[]\n"
            : loaded.overrides.map { "- \(JSONValue.string($0).serialized())\n" }.joined()
    }

    // MARK: A dry run

    /// Opens the data and takes one step, without a folder and without a trace.
    static func dryRun(_ loaded: LoadedConfiguration) throws {
        let configuration = loaded.values
        let data = try TrainingData(configuration, cacheFolder: Folders.cache)
        let loader = data.trainingLoader(configuration)
        let check = try StepCheck(configuration, data: data, loader: loader)
        let model = check.model
        Terminal.print(
            "model   \(configuration.model.name), \(Format.count(model.parameterCount)) parameters")
        Terminal.print("data    \(data.title), \(data.targetSummary)")
        for (split, part) in [
            ("train", data.train as (any Dataset)?), ("validation", data.validation),
            ("test", data.test),
        ] {
            if let part { Terminal.print("        \(split) \(Format.count(part.count))") }
        }
        if let weights = check.firstWeights { Terminal.print("weights \(weights)") }
        let stepsPerEpoch = configuration.updatesPerEpoch(batchCount: loader.batchCount)
        let steps = configuration.totalSteps(stepsPerEpoch: stepsPerEpoch)
        Terminal.print(
            "length  \(Format.count(stepsPerEpoch)) steps an epoch"
                + (steps.map { ", \(Format.count($0)) in all" } ?? ""))
        Terminal.print(
            "step    loss \(Format.fixed(Double(check.loss), 4)) on a batch \(check.batchShape), "
                + "\(Format.fixed(check.seconds * 1000, 0)) ms"
                + (steps.map { steps in
                    let seconds = check.seconds * Double(steps * configuration.accumulate)
                    return "; about \(Format.duration(seconds)) in all"
                }
                    ?? ""))
        Terminal.print("memory  \(Format.bytes(check.peakMemory)) for tensors at the worst moment")
        Terminal.print("the configuration is good; nothing was written")
    }
}

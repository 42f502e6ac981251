import ArgumentParser
import Datasets
import Glibc
import Inference
import NN
import Support
import Synchronization
import Tensor
import Train

/// `residual train`.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a model as a YAML file says, evaluate it and write a report.",
        discussion: """
            Everything about the run goes into its own folder, runs/<time>-<name>: the resolved \
            configuration, the history, checkpoints, TensorBoard events and the report.

              residual train configs/quickstart.yaml
              residual train configs/cifar10-cnn.yaml epochs=5 optimizer.learning_rate=0.05
              residual train --resume runs/20260101-120000-cifar10-cnn

            Ctrl-C stops after the current step with a checkpoint; --resume goes on from there and \
            ends in the same weights, bit for bit. All keys: residual config.
            """)

    @Argument(help: "The YAML file of the run.", completion: .file(extensions: ["yaml", "yml"]))
    var file: String?

    @Argument(help: "Changes to the file: key=value, with dots for sections.")
    var overrides: [String] = []

    @Option(
        name: .long,
        help:
            "Go on with the run in this folder. Of the configuration only 'threads', 'limits', 'checkpoint' and 'model.recompute' can be changed."
    )
    var resume: String?

    @Flag(
        name: .long,
        help: "Print the resolved configuration with the origin of every value, and stop.")
    var printConfig = false

    @Flag(
        name: .long,
        help: "Check the configuration, the data and one step of training; write nothing.")
    var dryRun = false

    @Flag(name: .shortAndLong, help: "Show only the end, and what goes wrong.")
    var quiet = false

    func validate() throws {
        if resume != nil {
            // What looks like the configuration file is the first change.
            try TrainingSession.validate(changes: [file].compactMap { $0 } + overrides)
        } else if file == nil {
            throw ValidationError(
                "Name the YAML file of the run, such as configs/quickstart.yaml, or --resume RUN.")
        }
    }

    func run() throws {
        let session = try makeSession()
        if printConfig {
            Terminal.print(session.loaded.resolvedYAML(withOrigins: true).trimmedNewline)
            return
        }
        Threads.apply(session.loaded.values.threads, session.loaded.values.numerics)
        do {
            if dryRun {
                try TrainingSession.dryRun(session.loaded)
            } else {
                try session.train(isQuiet: quiet)
            }
        } catch let code as ExitCode {
            throw code
        } catch {
            throw Failure.report(error)
        }
    }

    private func makeSession() throws -> TrainingSession {
        let words = [file].compactMap { $0 } + overrides
        do {
            if let resume { return try TrainingSession(resuming: resume, overrides: words) }
            return TrainingSession(
                loaded: try Configuration.load(
                    contentsOf: words[0], overrides: Array(words.dropFirst())), folder: nil)
        } catch {
            throw Failure.report(error, Failure.usage)
        }
    }
}

extension String {
    /// The text without a last line break.
    var trimmedNewline: String { hasSuffix("\n") ? String(dropLast()) : self }
}

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

              residual train configs/cifar10-cnn.yaml seed=1 --repeats 5

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

    @Option(
        help:
            "Train this many runs with the seeds seed, seed+1, … below one folder, and show mean, standard deviation and 95 % interval. To go on: residual sweep --resume FOLDER."
    )
    var repeats: Int?

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
        if let repeats {
            guard (2...1000).contains(repeats) else {
                throw ValidationError("--repeats \(repeats): expected 2 to 1000.")
            }
            guard resume == nil else {
                throw ValidationError(
                    "--repeats starts new runs; go on with them by residual sweep --resume FOLDER.")
            }
        }
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
        if let repeats, !dryRun {
            try repeated(session.loaded, repeats)
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

    /// Trains with several seeds: a sweep over them alone.
    private func repeated(_ loaded: LoadedConfiguration, _ count: Int) throws {
        do {
            let path = file ?? ""
            let seed = loaded.values.seed
            guard seed <= UInt64.max - UInt64(count) else {
                throw FileError(path: path, message: "the seeds above \(seed) do not fit 64 bits")
            }
            let seeds = (0..<UInt64(count)).map { "\(seed + $0)" }
            let plan = try SweepPlan(
                base: try readConfiguration(path), path: path,
                overrides: overrides.filter { !$0.hasPrefix("output=") && !$0.hasPrefix("seed=") },
                axes: [SweepAxis(key: "seed", values: seeds)])
            let folder =
                loaded.values.output ?? SweepSession.newFolder(in: "runs", name: plan.name)
            try SweepSession(
                plan, output: folder, resumeCommand: SweepCommand.resumeCommand(folder),
                isQuiet: quiet
            ).perform()
        } catch let code as ExitCode {
            throw code
        } catch {
            throw Failure.report(error, error is ConfigurationError ? Failure.usage : Failure.work)
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

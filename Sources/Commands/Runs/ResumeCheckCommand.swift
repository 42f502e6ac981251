import ArgumentParser
import Datasets
import Glibc
import Support
import Tensor
import Train

/// `residual resume-check`.
struct ResumeCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume-check",
        abstract: "Prove that a killed run goes on and ends in the same bits.",
        discussion: """
            Trains the first steps of a configuration three times in processes of their own: once \
            without interruption; once until it is killed by SIGKILL inside of an epoch; and on from \
            the killed run's last checkpoint, with another number of threads. Then all that training \
            goes on from is compared: weights, optimiser, history.

              residual resume-check configs/quickstart.yaml
              residual resume-check configs/cifar10-cnn.yaml --steps 200 data.root=/mnt/data

            Nothing is kept. Exit status: 0 the same bits; 1 they differ; 2 it could not be checked.
            """)

    @Argument(
        help: "The YAML file of the run.", completion: .file(extensions: ["yaml", "yml"]))
    var file: String

    @Argument(help: "Changes to the file: key=value, with dots for sections.")
    var overrides: [String] = []

    @Option(
        help: "Steps in all, at least 4. Default: one and a half epochs, but no more than 40 steps."
    )
    var steps: Int?

    @Option(help: "Threads of the first runs. Default: those of the configuration.")
    var threads: Int?

    @Option(help: "Threads after resuming. Default: one if the first runs have more, else two.")
    var resumeThreads: Int?

    @Option(help: .hidden) var partFolder: String?
    @Option(help: .hidden) var partKill: Int?

    func validate() throws {
        try Threads.validate(threads)
        try Threads.validate(resumeThreads)
        if let steps, steps < ResumeCheck.minimumSteps {
            throw ValidationError(
                "--steps \(steps): expected at least \(ResumeCheck.minimumSteps), for a checkpoint, a "
                    + "kill and an end.")
        }
    }

    func run() throws {
        let isSame: Bool
        do {
            let loaded = try Configuration.load(contentsOf: file, overrides: overrides)
            if let partFolder, let steps {
                try ResumeCheckPart(
                    configuration: loaded.values, steps: steps, folder: partFolder,
                    killStep: partKill, threads: threads
                ).train()
                return
            }
            isSame = try ResumeCheck(self, loaded).perform()
        } catch let code as ExitCode {
            throw code
        } catch {
            throw Failure.report(error, Failure.unchecked)
        }
        if !isSame { throw Failure.work }
    }
}

/// One call of `residual resume-check`.
private struct ResumeCheck {
    static let minimumSteps = 4
    private static let usualSteps = 40

    let command: ResumeCheckCommand
    let steps: Int
    let checkpointStep: Int
    let killStep: Int
    let threads: Int
    let resumeThreads: Int

    init(_ command: ResumeCheckCommand, _ loaded: LoadedConfiguration) throws {
        self.command = command
        let configuration = loaded.values
        threads = command.threads ?? configuration.threads ?? ThreadPool.availableCores
        resumeThreads = command.resumeThreads ?? (threads > 1 ? 1 : 2)
        let data = try TrainingData(configuration, cacheFolder: Folders.cache)
        let epoch = data.trainingLoader(configuration).batchCount
        let total = configuration.totalSteps(stepsPerEpoch: epoch) ?? .max
        let wanted =
            command.steps ?? min(Self.usualSteps, max(Self.minimumSteps, epoch + (epoch + 1) / 2))
        guard total >= Self.minimumSteps else {
            throw FileError(
                path: command.file,
                message: "trains \(total) steps in all; the check needs \(Self.minimumSteps)")
        }
        steps = min(wanted, total)
        // Both inside of an epoch, where an epoch has an inside; the kill costs steps.
        func isInside(_ step: Int) -> Bool { epoch < 3 || step % epoch != 0 }
        let third = max(2, steps / 3)
        let saved = isInside(third) ? third : third - 1 > 1 ? third - 1 : third + 1
        checkpointStep = saved
        killStep =
            (saved + max(1, saved / 2)..<steps).first { isInside($0) && $0 % saved != 0 }
            ?? saved + 1
    }

    /// Whether all bits are the same.
    func perform() throws -> Bool {
        StopSignals.install()
        let folder = try TemporaryFolder("resume-check")
        defer { withExtendedLifetime(folder) {} }
        let (whole, parted) = (folder.path + "/whole", folder.path + "/parted")
        try part(whole, threads: threads, in: folder)
        say("uninterrupted", "\(steps) steps", threads)
        try part(parted, threads: threads, in: folder, kill: true)
        let file = "\(parted)/\(RunFile.lastCheckpoint)"
        let saved = try CheckpointMoment(file)
        say("killed", "by SIGKILL after step \(killStep)", threads)
        try part(parted, threads: resumeThreads, in: folder)
        say("resumed", "from step \(saved.step) to step \(steps)", resumeThreads)
        let comparison = try CheckpointComparison("\(whole)/\(RunFile.lastCheckpoint)", file)
        report(comparison, saved)
        return comparison.isSame
    }

    private func part(
        _ run: String, threads: Int, in folder: TemporaryFolder, kill: Bool = false
    ) throws {
        var words = ["resume-check", command.file] + command.overrides
        words += ["checkpoint.every_steps=\(checkpointStep)", "checkpoint.save_last=true"]
        words += ["--steps", "\(steps)", "--threads", "\(threads)", "--part-folder", run]
        if kill { words += ["--part-kill", "\(killStep)"] }
        let progress = ProgressLine("training")
        let start = secondsNow()
        let child = try ChildProgram.run(words, scratch: folder.path) {
            progress.show(Int(secondsNow() - start))
        }
        progress.clear()
        if let reason = child.stopRequest {
            Terminal.note(reason)
            throw StopSignals.exitCode
        }
        let expected: ChildProgram.Ending = kill ? .signalled(SIGKILL) : .exited(0)
        guard child.ending == expected else {
            Terminal.note(child.errors.trimmedNewline)
            throw FileError(
                path: command.file,
                message: "a part of the check \(child.ending.text); nothing was compared")
        }
    }

    private func say(_ name: String, _ what: String, _ threads: Int) {
        let padding = String(repeating: " ", count: max(1, 15 - name.count))
        Terminal.print("\(name)\(padding)\(what), \(threads) thread\(threads == 1 ? "" : "s")")
    }

    private func report(_ comparison: CheckpointComparison, _ saved: CheckpointMoment) {
        Terminal.print("weights        \(comparison.hashes[0])")
        if comparison.hashes[0] != comparison.hashes[1] {
            Terminal.print("  resumed      \(comparison.hashes[1])")
        }
        let place = saved.isInsideEpoch ? "inside of an epoch" : "between two epochs"
        guard !comparison.isSame else {
            Terminal.print(
                "the same bits: \(comparison.modelCount) tensors of the model, "
                    + "\(comparison.optimizerCount) of the optimiser, the state and the history; "
                    + "resumed \(place)")
            return
        }
        Terminal.print("DIFFERENT after resuming \(place)")
        if let first = comparison.differentTensors.first {
            let amount = comparison.largestInFirst.map { ", by up to \($0)" } ?? ""
            Terminal.print(
                "  \(comparison.differentTensors.count) tensors; the first is \(first)\(amount)")
        }
        if !comparison.differentState.isEmpty {
            Terminal.print("  state: \(comparison.differentState.joined(separator: ", "))")
        }
    }
}

extension ChildProgram.Ending {
    fileprivate var text: String {
        switch self {
        case .exited(let status): "ended with status \(status)"
        case .signalled(let number): "was ended by signal \(number)"
        }
    }
}

/// The training in one process of a check.
private struct ResumeCheckPart {
    let configuration: Configuration
    let steps: Int
    let folder: String
    /// The step after which the process kills itself; nil lets it live.
    let killStep: Int?
    let threads: Int?

    func train() throws {
        Threads.apply(threads ?? configuration.threads, configuration.numerics)
        StopSignals.install()
        let path = "\(folder)/\(RunFile.configuration)"
        let isNew = !fileExists(path)
        let run = try isNew ? RunDirectory.create(at: folder) : RunDirectory.openForResume(folder)
        if isNew { try run.write(configuration.resolvedYAML(), to: RunFile.configuration) }
        let data = try TrainingData(configuration, cacheFolder: Folders.cache)
        let counter = StepCounter(killStep: killStep)
        let limit = steps
        let trainer = try Trainer(
            configuration, data: data, run: run, commit: nil, listener: counter,
            stopRequest: {
                counter.step >= limit ? "the check ends here" : StopSignals.request()
            })
        let isComplete = try trainer.fit()
        guard isComplete || counter.step >= limit else { throw StopSignals.exitCode }
    }
}

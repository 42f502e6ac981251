import ArgumentParser
import Datasets
import Glibc
import Support
import Tensor
import Train

/// `residual verify`.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Train a run again and compare its weights with what it recorded, bit for bit.",
        discussion: """
            The run's own configuration is trained again in a temporary folder. Compared are the hashes \
            of all weights and statistics after each epoch (and every checkpoint.hash_every_steps \
            steps), and the checkpoints. Validation is left out, so it takes less time than the run.

              residual verify runs/20260101-120000-cifar10-cnn
              residual verify runs/20260101-120000-cifar10-cnn --steps 1000 --threads 1
              residual verify runs/20260101-120000-cifar10-cnn data.root=/mnt/data

            Where they part, the moment is named and the tensor that differs first, beside what is \
            known to be different: instruction set, compiler, source tree. Where this processor has \
            the instruction set of the run below its own, it is used.

            Exit status: 0 the same bits; 1 they differ; 2 it could not be checked.
            """)

    @Argument(help: "The folder of the run.", completion: .directory)
    var folder: String

    @Argument(help: "Where things are now: data.root=…, model.checkpoint=…, data.workers=….")
    var overrides: [String] = []

    @Option(help: "Compare only the first steps. Default: all that was recorded.")
    var steps: Int?

    @Option(help: "Threads that compute; their number must not matter. Default: as in the run.")
    var threads: Int?

    @Flag(help: "Print the result as JSON.")
    var json = false

    private static let changeable = ["data.root=", "model.checkpoint=", "data.workers="]

    func validate() throws {
        try Threads.validate(threads)
        if let steps, steps < 1 {
            throw ValidationError("--steps \(steps): expected at least 1.")
        }
        for text in overrides where !Self.changeable.contains(where: text.hasPrefix) {
            throw ValidationError(
                "'\(text)' would make another run; only data.root=…, data.workers=… and "
                    + "model.checkpoint=… can be changed.")
        }
    }

    func run() throws {
        let isSame: Bool
        do {
            isSame = try VerificationSession(self).perform()
        } catch let code as ExitCode {
            throw code
        } catch {
            throw Failure.report(error, Failure.unchecked)
        }
        if !isSame { throw Failure.work }
    }
}

/// One call of `residual verify`.
private struct VerificationSession {
    let command: VerifyCommand
    let run: RunDirectory
    let loaded: LoadedConfiguration
    let verification: Verification
    let progress: ProgressLine

    init(_ command: VerifyCommand) throws {
        self.command = command
        run = try RunDirectory.open(command.folder)
        loaded = try Configuration.load(
            contentsOf: run.path(of: RunFile.configuration), overrides: command.overrides)
        let progress = ProgressLine("training again")
        self.progress = progress
        verification = try Verification(
            of: run, configuration: loaded.values, stepLimit: command.steps, progress: progress.show
        )
    }

    /// Whether all bits are the same.
    func perform() throws -> Bool {
        if let set = try EnvironmentDifference.recorded("instruction_set", of: run.path) {
            // Only a lower one than this processor's own has an effect.
            setenv("RESIDUAL_ISA", set, 0)
        }
        Threads.apply(command.threads ?? loaded.values.threads, loaded.values.numerics)
        let data = try TrainingData(loaded.values, cacheFolder: Folders.cache)
        try requireSameData(data)
        let differences = try EnvironmentDifference.all(
            of: run.path, now: RunEnvironment.current(dataFingerprint: data.fingerprint),
            git: GitState.current())
        StopSignals.install()
        let start = secondsNow()
        let isChecked = try performInTemporaryFolder(data)
        progress.clear()
        guard isChecked else {
            guard let reason = StopSignals.request() else {
                throw FileError(
                    path: run.path,
                    message: "training ended again before the step of its last record; the "
                        + "configuration is not the one that it was trained with")
            }
            Terminal.note(reason)
            throw StopSignals.exitCode
        }
        let report = VerificationText(
            run: run.path, verification: verification, differences: differences,
            seconds: secondsNow() - start)
        Terminal.print(command.json ? report.json.serialized(pretty: true) : report.text)
        return verification.firstDifference == nil
    }

    private func performInTemporaryFolder(_ data: TrainingData) throws -> Bool {
        let folder = try TemporaryFolder("verify")
        return try withExtendedLifetime(folder) {
            try verification.perform(
                on: data, in: try RunDirectory.create(at: folder.path + "/run"),
                stopRequest: StopSignals.request)
        }
    }

    private func requireSameData(_ data: TrainingData) throws {
        guard
            let then = try EnvironmentDifference.recorded("data_fingerprint", of: run.path),
            then != data.fingerprint
        else { return }
        throw FileError(
            path: run.path,
            message: "was trained on other data: the fingerprint of \(data.title) is "
                + "\(data.fingerprint.prefix(12)) now and was \(then.prefix(12)) then; name the data "
                + "of the run by data.root=…")
    }
}

/// What `verify` found, for people and for programs.
private struct VerificationText {
    let run: String
    let verification: Verification
    let differences: [EnvironmentDifference]
    let seconds: Double

    private var device: String { CPUBackend.shared.name }

    var text: String {
        var lines = ["\(run), trained again on \(device)", "", table, ""]
        for note in verification.notes { lines.append("note: \(note)") }
        if let difference = verification.firstDifference {
            lines += explanation(of: difference)
        } else {
            let last = verification.comparisons.last?.record.moment
            lines.append(
                "the same bits: \(Format.count(verification.comparisons.count)) records up to step "
                    + "\(Format.count(last?.step ?? 0)), in \(Format.duration(seconds))")
            for difference in differences {
                lines.append("  although another \(difference.text)")
            }
        }
        return lines.joined(separator: "\n")
    }

    /// A line for each moment; of a long list the beginning and the end.
    private var table: String {
        var table = TextTable([
            ("moment", .left), ("step", .right), ("recorded", .left), ("now", .left), ("", .left),
            ("in", .left),
        ])
        let moments = moments
        let isLong = moments.count > Self.shownAtEnds.reduce(0, +) + 1
        for (place, comparisons) in moments.enumerated() {
            if isLong, place >= Self.shownAtEnds[0], place < moments.count - Self.shownAtEnds[1] {
                if place == Self.shownAtEnds[0] {
                    let hidden = moments.count - Self.shownAtEnds.reduce(0, +)
                    table.add(["… \(Format.count(hidden)) more", "", "", "", "same", ""])
                }
                continue
            }
            let comparison = comparisons[0]
            let moment = comparison.record.moment
            table.add([
                moment.isEpochEnd ? "end of epoch \(moment.epoch)" : "in epoch \(moment.epoch + 1)",
                Format.count(moment.step), String(comparison.record.sha256.prefix(12)),
                String(comparison.sha256.prefix(12)),
                comparison.difference == nil ? "same" : "DIFFERENT",
                comparisons.map(\.record.source).joined(separator: ", "),
            ])
        }
        return table.text
    }

    private static let shownAtEnds = [4, 12]

    /// The comparisons of a moment that have the same outcome, together.
    private var moments: [[Verification.Comparison]] {
        var groups: [[Verification.Comparison]] = []
        for comparison in verification.comparisons {
            if let last = groups.last?.first, last.record.moment == comparison.record.moment,
                last.record.sha256 == comparison.record.sha256
            {
                groups[groups.count - 1].append(comparison)
            } else {
                groups.append([comparison])
            }
        }
        return groups
    }

    private func explanation(of comparison: Verification.Comparison) -> [String] {
        let step = Format.count(comparison.record.moment.step)
        let before = verification.lastAgreement?.record.moment.step
        var lines: [String] = []
        if verification.comparisons.contains(where: {
            $0.difference == nil && $0.record.moment == comparison.record.moment
        }) {
            lines.append(
                "DIFFERENT: at step \(step) the run's own records contradict each other; "
                    + "\(comparison.record.source) was changed, or is of another run")
        } else {
            lines.append(
                "DIFFERENT: the runs part "
                    + (before.map { "after step \(Format.count($0)), " } ?? "")
                    + "at step \(step) or before")
        }
        if let difference = comparison.difference { lines.append("  \(difference.text)") }
        let reasons = differences.filter(\.canChangeWeights)
        for reason in reasons { lines.append("  known to differ: \(reason.text)") }
        if reasons.isEmpty {
            lines.append(
                "  nothing is known to differ: instruction set, compiler, source tree and data are "
                    + "those of the run")
        }
        if verification.comparisons.allSatisfy(\.record.moment.isEpochEnd) {
            lines.append("  train with checkpoint.hash_every_steps=1 to find the very step")
        }
        return lines
    }

    var json: JSONValue {
        [
            "run": .string(run), "same": .bool(verification.firstDifference == nil),
            "device": .string(device), "seconds": .number(seconds),
            "comparisons": .array(verification.comparisons.map(\.json)),
            "environment_differences": .array(
                differences.map {
                    [
                        "name": .string($0.name), "then": .string($0.then), "now": .string($0.now),
                        "can_change_weights": .bool($0.canChangeWeights),
                    ]
                }), "notes": .array(verification.notes.map(JSONValue.string)),
        ]
    }
}

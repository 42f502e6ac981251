import ArgumentParser
import Foundation
import Support
import Train

/// The runs of a sweep, one after another, each in a process of its own: one that fails does not stop
/// the rest.
struct SweepSession {
    let plan: SweepPlan
    let folder: String
    /// What the user types to go on.
    let resumeCommand: String
    let isQuiet: Bool

    /// Makes the folder of a new sweep, or goes on in one that holds the same plan.
    init(_ plan: SweepPlan, output: String, resumeCommand: String, isQuiet: Bool) throws {
        if let there = try SweepPlan.read(folder: output) {
            guard there == plan else {
                throw FileError(
                    path: output,
                    message: "holds another sweep (\(SweepPlan.planFile) differs); choose another "
                        + "--output")
            }
        } else {
            guard !fileExists(output) else {
                throw FileError(
                    path: output, message: "exists already and is no sweep; choose another folder"
                )
            }
            try Folders.make(output)
            try plan.write(to: output)
        }
        self.init(plan: plan, folder: output, resumeCommand: resumeCommand, isQuiet: isQuiet)
    }

    /// Goes on in a folder whose plan was read.
    init(plan: SweepPlan, folder: String, resumeCommand: String, isQuiet: Bool) {
        self.plan = plan
        self.folder = folder
        self.resumeCommand = resumeCommand
        self.isQuiet = isQuiet
    }

    /// A folder that does not exist yet: `<parent>/<time>-<name>`.
    static func newFolder(in parent: String, name: String) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "yyyyMMdd-HHmmss"
        let safe = name.map { $0.isLetter || $0.isNumber || "._-".contains($0) ? $0 : "-" }
        let base = "\(parent)/\(formatter.string(from: Date()))-\(String(safe))"
        var (path, count) = (base, 1)
        while fileExists(path) {
            count += 1
            path = "\(base)-\(count)"
        }
        return path
    }

    /// Runs what is not complete, and shows the tables.
    func perform() throws {
        StopSignals.install()
        let runs = plan.runs
        note("folder  \(folder): \(runs.count) runs")
        var failures: [String: String] = [:]
        let scratch = try TemporaryFolder("sweep")
        for (index, run) in runs.enumerated() {
            let path = "\(folder)/\(run.name)"
            let place = "[\(index + 1)/\(runs.count)] \(run.name)"
            if fileExists("\(path)/\(RunFile.jsonReport)") {
                note("\(place)  complete already")
                continue
            }
            let child = try train(run, path, place, scratch)
            if let reason = child.stopRequest {
                try SweepResults(of: plan, in: folder, failures: failures).write(to: folder)
                Terminal.note(reason)
                Terminal.note("go on with: \(resumeCommand)")
                throw StopSignals.exitCode
            }
            if child.succeeded {
                note("\(place)  \(Self.figures(RunSummary(path: path)))")
            } else {
                let failure = Self.failure(of: child)
                failures[run.name] = failure
                Terminal.note("\(place)  failed: \(failure)")
            }
            try SweepResults(of: plan, in: folder, failures: failures).write(to: folder)
        }
        let results = SweepResults(of: plan, in: folder, failures: failures)
        try results.write(to: folder)
        Terminal.print(results.text.trimmedNewline)
        Terminal.print("")
        Terminal.print("tables  \(folder)/summary.html, summary.csv, summary.json, results.csv")
        if !failures.isEmpty { throw Failure.work }
    }

    private func train(
        _ run: SweepPlan.Run, _ path: String, _ place: String, _ scratch: TemporaryFolder
    ) throws -> ChildProgram {
        let words =
            fileExists("\(path)/\(RunFile.configuration)")
            ? ["train", "--resume", path, "--quiet"]
            : ["train", "\(folder)/\(SweepPlan.baseFile)"] + run.overrides
                + ["output=\(path)", "--quiet"]
        let progress = ProgressLine(place)
        defer { progress.clear() }
        var lastLook = 0.0
        return try ChildProgram.run(words, scratch: scratch.path) {
            guard !isQuiet, Terminal.isInteractive, secondsNow() - lastLook > 1 else { return }
            lastLook = secondsNow()
            let summary = RunSummary(path: path)
            progress.show(summary.epoch, summary.configuration?.epochs ?? summary.epoch)
        }
    }

    private static func figures(_ summary: RunSummary) -> String {
        var parts: [String] = []
        if let best = summary.best, let metric = summary.metric {
            parts.append("validation \(metric.rawValue) \(Format.fixed(best.value, 4))")
        }
        if let value = summary.testHeadline, let task = summary.task {
            parts.append("test \(task.headlineTitle) \(Format.percent(value))")
        }
        if let seconds = summary.seconds { parts.append(Format.duration(seconds)) }
        return parts.joined(separator: "  ·  ")
    }

    /// The last line that it wrote, or how it ended.
    private static func failure(of child: ChildProgram) -> String {
        if let line = child.errors.split(separator: "\n").last { return String(line) }
        return switch child.ending {
        case .exited(let status): "it ended with status \(status)"
        case .signalled(let number): "it was ended by signal \(number)"
        }
    }

    private func note(_ text: String) {
        if !isQuiet { Terminal.note(text) }
    }
}

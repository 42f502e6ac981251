import Foundation
import Glibc
import NN
import Support

/// One run in a list of runs: what it is, how far it came, and its figures.
public struct RunSummary: Sendable {
    /// How far a run came.
    public enum Status: String, Sendable, CaseIterable {
        /// A process holds its lock.
        case running
        /// It was trained, measured and reported.
        case complete
        /// It can be gone on with.
        case interrupted
        /// Something in its folder cannot be read.
        case damaged
    }

    /// The folder.
    public let path: String
    /// How far it came.
    public private(set) var status: Status
    /// What is wrong with a damaged folder.
    public private(set) var problem: String?
    /// The configuration; nil where it cannot be read.
    public private(set) var configuration: Configuration?
    /// When it was started, in local time: `2026-01-31 12:00:00`.
    public private(set) var date: String?
    /// The epochs and steps done.
    public private(set) var epoch = 0, step = 0
    /// The number on the validation images that says which model is best; nil where the configuration
    /// cannot be read.
    public var metric: EvaluationConfiguration.Metric? { configuration?.judgingMetric }
    /// The best figure of `metric` on the validation images, and the epochs done then.
    public private(set) var best: (value: Double, epoch: Int)?
    /// The part of the data that the report is about.
    public private(set) var reportSplit: String?
    /// What the report says the model does; nil without a report.
    public private(set) var task: ModelTask?
    /// The figures of the report that lists show, by their names there.
    public private(set) var figures: [String: Double] = [:]
    /// Seconds of training.
    public private(set) var seconds: Double?
    /// The hash of the last recorded weights.
    public private(set) var weightsHash: String?

    /// The figure by which runs of the task are listed: accuracy, or mean IoU.
    public var headline: Double? { task.flatMap { figures[$0.headline] } }
    /// The headline on the test images; nil where another part was measured, or none.
    public var testHeadline: Double? { reportSplit == "test" ? headline : nil }
    /// The name, the model and the data of the run; empty where its configuration cannot be read.
    public var name: String { configuration?.runName ?? "" }
    /// See `name`.
    public var model: String { configuration?.model.name ?? "" }
    /// See `name`.
    public var data: String { configuration?.data.name.rawValue ?? "" }

    /// Reads the run in the folder at `path`. Damage is part of the summary, not an error.
    public init(path: String) {
        self.path = path
        status = .interrupted
        date = Self.date(path)
        do throws(FileError) {
            try readConfiguration()
            try readHistory()
            try readReport()
            if RunLock.isHeld(folder: path) { status = .running }
        } catch {
            status = .damaged
            problem = "\(error)"
        }
    }

    // MARK: Reading

    private mutating func readConfiguration() throws(FileError) {
        let file = "\(path)/\(RunFile.configuration)"
        guard fileExists(file) else {
            throw FileError(path: path, message: "has no \(RunFile.configuration)")
        }
        do {
            configuration = try Configuration.load(contentsOf: file).values
        } catch {
            throw FileError(path: file, message: error.problems.first?.message ?? "\(error)")
        }
    }

    private mutating func readHistory() throws(FileError) {
        guard fileExists("\(path)/\(RunFile.historyLines)"), let configuration else { return }
        let rows = try History.read(folder: path)
        let metric = configuration.judgingMetric
        for row in rows {
            guard let value = metric.value(in: row) else { continue }
            if let best, !metric.isBetter(value, than: best.value) { continue }
            best = (value, row.epoch)
        }
        epoch = rows.last?.epoch ?? 0
        step = rows.last?.step ?? 0
        seconds = rows.last?.seconds
        weightsHash = rows.last?.weightsHash
    }

    private mutating func readReport() throws(FileError) {
        let file = "\(path)/\(RunFile.jsonReport)"
        guard let bytes = try contents(ofFile: file) else { return }
        let report: JSONValue
        do {
            report = try JSONValue.parse(bytes)
        } catch {
            throw FileError(path: "\(file):\(error.line):\(error.column)", message: error.message)
        }
        // Reports had no 'task' when there was but one.
        let name = report["task"]?.string ?? ModelTask.classification.rawValue
        guard let task = ModelTask(rawValue: name) else {
            throw FileError(
                path: file,
                message: "has the task '\(name)'; expected "
                    + ModelTask.allCases.map { "'\($0.rawValue)'" }.joined(separator: " or "))
        }
        guard let headline = report[task.headline] else {
            throw FileError(path: file, message: "has no '\(task.headline)': it is not a report")
        }
        guard headline == .null || headline.number != nil else {
            throw FileError(
                path: file,
                message: "'\(task.headline)' is \(headline.serialized()); expected a number")
        }
        self.task = task
        for figure in task.listedFigures {
            figures[figure] = report[figure]?.number ?? report[figure]?["value"]?.number
        }
        reportSplit = ["train", "validation", "test"].first {
            report["data"]?.string?.hasSuffix(", \($0) split") ?? false
        }
        status = .complete
    }

    /// The time in the folder's name, else when the folder got its configuration.
    private static func date(_ path: String) -> String? {
        let digits = path.split(separator: "/").last.map { Array($0.utf8.prefix(15)) } ?? []
        let isStamp =
            digits.count == 15
            && digits.enumerated().allSatisfy { place, byte in
                place == 8 ? byte == UInt8(ascii: "-") : (0x30...0x39).contains(byte)
            }
        if isStamp {
            func part(_ range: Range<Int>) -> String {
                String(decoding: digits[range], as: UTF8.self)
            }
            return "\(part(0..<4))-\(part(4..<6))-\(part(6..<8)) "
                + "\(part(9..<11)):\(part(11..<13)):\(part(13..<15))"
        }
        var status = stat()
        guard stat("\(path)/\(RunFile.configuration)", &status) == 0 else { return nil }
        var time = status.st_mtim.tv_sec
        var parts = tm()
        localtime_r(&time, &parts)
        var text = [CChar](repeating: 0, count: 32)
        let count = strftime(&text, text.count, "%Y-%m-%d %H:%M:%S", &parts)
        return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension RunSummary {
    /// The runs in `folder` and in folders below it, by path; `folder` itself if it is a run.
    ///
    /// A run is a folder with a configuration beside a lock, checkpoints or a command, or with a lock
    /// alone. Nothing is searched below a run, nor deeper than `depth` folders.
    ///
    /// - Throws: `FileError` when `folder` cannot be listed.
    public static func all(in folder: String, depth: Int = 4) throws(FileError) -> [RunSummary] {
        if isRun(folder) { return [RunSummary(path: folder)] }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            var status = stat()
            let isThere = stat(folder, &status) == 0
            throw FileError(
                path: folder,
                message: !isThere
                    ? "there is no such folder"
                    : status.st_mode & S_IFMT == S_IFDIR
                        ? "cannot be listed" : "is a file; expected a folder of runs")
        }
        var found: [RunSummary] = []
        for name in names.sorted() where !name.hasPrefix(".") {
            let path = folder == "/" ? "/\(name)" : "\(folder)/\(name)"
            guard isFolder(path) else { continue }
            if isRun(path) {
                found.append(RunSummary(path: path))
            } else if depth > 1, let below = try? all(in: path, depth: depth - 1) {
                found += below
            }
        }
        return found
    }

    private static func isRun(_ path: String) -> Bool {
        func has(_ file: String) -> Bool { fileExists("\(path)/\(file)") }
        if has(RunFile.lock) { return true }
        return has(RunFile.configuration)
            && (has(RunFile.command) || has("checkpoints") || has(RunFile.historyLines))
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The summary for programs.
    public var json: JSONValue {
        func number(_ value: Double?) -> JSONValue { value.map(JSONValue.number) ?? .null }
        func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
        var members: [(key: String, value: JSONValue)] = [
            ("path", .string(path)),
            ("name", .string(name)),
            ("status", .string(status.rawValue)),
            ("problem", text(problem)),
            ("model", .string(model)),
            ("data", .string(data)),
            ("date", text(date)),
            ("seed", configuration.map { .string("\($0.seed)") } ?? .null),
            ("epoch", .integer(epoch)),
            ("epochs", configuration?.epochs.map(JSONValue.integer) ?? .null),
            ("step", .integer(step)),
            ("metric", text(metric?.rawValue)),
            ("best", number(best?.value)),
            ("best_epoch", best.map { .integer($0.epoch) } ?? .null),
            ("report_split", text(reportSplit)),
            ("task", text(task?.rawValue)),
        ]
        for figure in (task ?? .classification).listedFigures {
            members.append((figure, number(figures[figure])))
        }
        members.append(("seconds", number(seconds)))
        members.append(("weights_sha256", text(weightsHash)))
        return .object(members)
    }
}

import ArgumentParser
import Support
import Train

/// `residual runs`.
struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "List the runs in a folder with their figures.",
        discussion: """
            Runs are searched in the folder and below it, so the runs of sweeps are listed too.

              residual runs
              residual runs --sort accuracy --filter model=resnet
              residual runs sweeps --filter optimizer.learning_rate=0.1 --filter status=complete
              residual runs --json | jq '.[] | select(.accuracy > 0.9) | .path'

            The best figure is that of evaluation.metric on the validation images, with its epoch. A \
            run is complete when its report is written, running while a process trains into it, and \
            interrupted else: residual train --resume goes on with it.
            """)

    enum Order: String, ExpressibleByArgument, CaseIterable {
        case date, name, model, data, status, best, accuracy, time
    }

    @Argument(help: "The folder of the runs.", completion: .directory)
    var folder = "runs"

    @Option(
        help:
            "date, name, model, data, status, best, accuracy (mean IoU of segmentations) or time; the largest comes last."
    )
    var sort: Order = .date

    @Flag(name: .shortAndLong, help: "Turn the order around.")
    var reverse = false

    @Option(
        help:
            "Show only runs with key=text: path, name, model, data or status that hold the text, or a key of the configuration with this value. All filters must fit."
    )
    var filter: [String] = []

    @Flag(help: "Print the list as JSON.")
    var json = false

    private static let textKeys = ["path", "name", "model", "data", "status"]

    func validate() throws {
        for text in filter {
            guard let mark = text.firstIndex(of: "="), mark != text.startIndex else {
                throw ValidationError(
                    "--filter \(text): expected key=text, such as model=resnet.")
            }
            let key = String(text[..<mark])
            let known = Self.textKeys + Configuration.keys
            guard !known.contains(key) else { continue }
            let hint = closestMatch(to: key, in: known).map { "; did you mean '\($0)'?" } ?? "."
            throw ValidationError("--filter \(text): there is no key '\(key)'\(hint)")
        }
    }

    func run() throws {
        do {
            let all = try RunSummary.all(in: folder)
            var shown = all.filter { run in filter.allSatisfy { Self.fits(run, $0) } }
            shown = Self.sorted(shown, by: sort)
            if reverse { shown.reverse() }
            if json {
                Terminal.print(
                    JSONValue.array(shown.map(\.json)).serialized(pretty: true))
            } else {
                Terminal.print(Self.text(shown, of: all.count, in: folder))
            }
        } catch {
            throw Failure.report(error)
        }
    }

    private static func fits(_ run: RunSummary, _ filter: String) -> Bool {
        let parts = filter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let (key, wanted) = (String(parts[0]), String(parts[1]))
        let texts = [
            "path": run.path, "name": run.name, "model": run.model, "data": run.data,
            "status": run.status.rawValue,
        ]
        if let text = texts[key] { return text.lowercased().contains(wanted.lowercased()) }
        guard let value = run.configuration?.flattened.first(where: { $0.key == key })?.value else {
            return false
        }
        if let a = Double(value), let b = Double(wanted) { return a == b }
        return value == wanted
    }

    /// Runs without the figure come first, so that the largest is last in every case.
    private static func sorted(_ runs: [RunSummary], by order: Order) -> [RunSummary] {
        func byText(_ text: (RunSummary) -> String) -> [RunSummary] {
            runs.sorted { (text($0), $0.path) < (text($1), $1.path) }
        }
        func byNumber(_ number: (RunSummary) -> Double?) -> [RunSummary] {
            runs.sorted {
                (number($0) ?? -.infinity, $0.path) < (number($1) ?? -.infinity, $1.path)
            }
        }
        return switch order {
        case .date: byText { $0.date ?? "" }
        case .name: byText(\.name)
        case .model: byText(\.model)
        case .data: byText(\.data)
        case .status: byText(\.status.rawValue)
        // The best loss is the smallest.
        case .best:
            byNumber { run in
                run.best.map {
                    run.metric == .loss ? -$0.value : $0.value
                }
            }
        case .accuracy: byNumber(\.headline)
        case .time: byNumber(\.seconds)
        }
    }

    private static func text(_ runs: [RunSummary], of count: Int, in folder: String) -> String {
        guard count > 0 else { return "no runs in \(folder)" }
        guard !runs.isEmpty else {
            return "none of the \(Format.count(count)) runs in \(folder) fits the filters"
        }
        var table = TextTable([
            ("run", .left), ("model", .left), ("data", .left), ("started", .left),
            ("status", .left), ("epochs", .right), ("best", .left), ("test", .right),
            ("time", .right),
        ])
        for run in runs {
            table.add([
                shownPath(run.path, in: folder), run.model, run.data,
                String((run.date ?? "–").prefix(16)), run.status.rawValue, epochs(of: run),
                best(of: run), test(of: run),
                run.seconds.map(Format.duration) ?? "–",
            ])
        }
        let problems = runs.compactMap(\.problem).map { "damaged: \($0)" }
        return ([table.text] + (problems.isEmpty ? [] : [""] + problems)).joined(separator: "\n")
    }

    private static func shownPath(_ path: String, in folder: String) -> String {
        path.hasPrefix(folder + "/") ? String(path.dropFirst(folder.count + 1)) : path
    }

    private static func epochs(of run: RunSummary) -> String {
        guard let configuration = run.configuration else { return "–" }
        return configuration.epochs.map { "\(run.epoch)/\($0)" } ?? "\(run.epoch)"
    }

    /// The headline on the test images; what it is where it is not an accuracy.
    private static func test(of run: RunSummary) -> String {
        guard let value = run.testHeadline, let task = run.task else { return "–" }
        return (task == .classification ? "" : "\(task.headlineTitle) ") + Format.percent(value)
    }

    private static func best(of run: RunSummary) -> String {
        guard let best = run.best, let metric = run.metric else {
            return "–"
        }
        let value = metric.isShare ? Format.percent(best.value) : Format.fixed(best.value, 4)
        return "\(metric.rawValue) \(value) (\(best.epoch))"
    }
}

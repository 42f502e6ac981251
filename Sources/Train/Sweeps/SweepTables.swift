import Datasets
import Support

extension SweepResults {
    /// Writes `results.csv` (a line for each run) and `summary.{txt,csv,json,html}` (a line for each
    /// group) into `folder`.
    public func write(to folder: String) throws(FileError) {
        try AtomicFile.write(runTable, to: "\(folder)/results.csv")
        try AtomicFile.write(groupTable, to: "\(folder)/summary.csv")
        try AtomicFile.write(text, to: "\(folder)/summary.txt")
        try AtomicFile.write(json.serialized(pretty: true) + "\n", to: "\(folder)/summary.json")
        try AtomicFile.write(html, to: "\(folder)/summary.html")
    }

    private var validationName: String { "validation \(metric.rawValue)" }

    /// The test figure for people, and its name for programs.
    private var testTitle: String {
        tasks.count == 1 ? "test \(tasks[0].headlineTitle)" : "test figure"
    }
    private var testName: String {
        tasks.count == 1 ? "test_\(tasks[0].headline)" : "test_figure"
    }

    /// The columns of the reports' figures: how they are called there and here.
    private var figureColumns: [(figure: String, column: String)] {
        var columns: [(figure: String, column: String)] = []
        for task in tasks {
            for figure in task.listedFigures where !columns.contains(where: { $0.figure == figure })
            {
                columns.append((figure, figure == task.headline ? "test_\(figure)" : figure))
            }
        }
        return columns
    }

    private var isShare: Bool { metric.isShare }

    // MARK: Text

    /// The groups, and the runs that are not complete, for terminals.
    public var text: String {
        var table = [heads]
        for group in groups { table.append(cells(group)) }
        let widths = table[0].indices.map { column in table.map { $0[column].count }.max() ?? 0 }
        let lines = table.map { row in
            var line = row.enumerated().map { column, cell in
                cell + String(repeating: " ", count: widths[column] - cell.count)
            }.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }
        return (lines + remarks + unfinished).joined(separator: "\n") + "\n"
    }

    private var heads: [String] {
        groupAxes.map(\.key) + [
            "runs", validationName, "95 % interval", testTitle,
            "95 % interval", "time", "",
        ]
    }

    private func cells(_ group: Group) -> [String] {
        group.values + [
            group.complete == group.planned
                ? "\(group.planned)" : "\(group.complete) of \(group.planned)",
            mean(group.validation, isShare: isShare), interval(group.validation, isShare: isShare),
            mean(group.test, isShare: true), interval(group.test, isShare: true),
            group.seconds.map { NumberText.duration($0.mean) } ?? "–", group.isBest ? "best" : "",
        ]
    }

    private func mean(_ statistics: SampleStatistics?, isShare: Bool) -> String {
        guard let statistics else { return "–" }
        let scale = isShare ? 100.0 : 1
        let digits = isShare ? 2 : 4
        return fixedPoint(statistics.mean * scale, digits: digits)
            + (statistics.standardDeviation.map { " ± " + fixedPoint($0 * scale, digits: digits) }
                ?? "") + (isShare ? " %" : "")
    }

    private func interval(_ statistics: SampleStatistics?, isShare: Bool) -> String {
        guard let interval = statistics?.interval else { return "–" }
        let scale = isShare ? 100.0 : 1
        let digits = isShare ? 2 : 4
        return "[\(fixedPoint(interval.lower * scale, digits: digits)), "
            + "\(fixedPoint(interval.upper * scale, digits: digits))]"
    }

    private var remarks: [String] {
        var lines = [
            "", "mean ± standard deviation over the runs; the interval is of the mean (t)",
        ]
        if groups.contains(where: \.isBest), !isChosenByValidation {
            lines.append("best by the test images: there are no validation images to choose by")
        }
        if tasks.count > 1 {
            lines.append("the runs are of several tasks, so their figures do not compare")
        }
        return lines
    }

    private var unfinished: [String] {
        let rows = rows.filter { $0.status != "complete" }
        guard !rows.isEmpty else { return [] }
        return ["", "not complete:"]
            + rows.map { "  \($0.run.name)  \($0.status)" + ($0.failure.map { ": \($0)" } ?? "") }
    }

    // MARK: Tables and JSON

    private var runTable: String {
        let heads =
            ["run"] + axes.map(\.key)
            + [
                "status", "epoch", "step", "validation_\(metric.rawValue)", "best_epoch",
            ] + figureColumns.map(\.column) + ["seconds", "weights_sha256", "failure"]
        func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
        let lines = rows.map { row in
            let summary = row.summary
            func figure(_ name: String, isHeadline: Bool) -> String {
                isHeadline && summary?.reportSplit != Split.test.rawValue
                    ? "" : number(summary?.figures[name])
            }
            let state = [
                row.status, summary.map { "\($0.epoch)" } ?? "",
                summary.map { "\($0.step)" } ?? "", number(summary?.best?.value),
                summary?.best.map { "\($0.epoch)" } ?? "",
            ]
            let figures = figureColumns.map {
                figure($0.figure, isHeadline: $0.figure != $0.column)
            }
            let end = [number(summary?.seconds), summary?.weightsHash ?? "", row.failure ?? ""]
            return csvLine([row.run.name] + row.run.values + state + figures + end)
        }
        return ([csvLine(heads)] + lines).joined(separator: "\n") + "\n"
    }

    private var groupTable: String {
        let figures = ["mean", "std", "lower", "upper"]
        let names = ["validation_\(metric.rawValue)", testName, "seconds"]
        let heads =
            groupAxes.map(\.key) + ["complete", "planned"]
            + names.flatMap { name in figures.map { "\(name)_\($0)" } } + ["best"]
        func numbers(_ statistics: SampleStatistics?) -> [String] {
            [
                statistics?.mean, statistics?.standardDeviation, statistics?.interval?.lower,
                statistics?.interval?.upper,
            ].map { $0.map { "\($0)" } ?? "" }
        }
        let lines = groups.map { group in
            csvLine(
                group.values + ["\(group.complete)", "\(group.planned)"]
                    + numbers(group.validation) + numbers(group.test) + numbers(group.seconds)
                    + [group.isBest ? "true" : "false"])
        }
        return ([csvLine(heads)] + lines).joined(separator: "\n") + "\n"
    }

    /// The groups and the runs for programs.
    public var json: JSONValue {
        [
            "title": .string(title), "metric": .string(metric.rawValue),
            "chosen_by": .string(isChosenByValidation ? validationName : testTitle),
            "axes": .array(axes.map { .string($0.key) }),
            "groups": .array(
                groups.map { group in
                    .object([
                        (
                            "values",
                            .object(zip(groupAxes, group.values).map { ($0.key, .string($1)) })
                        ),
                        ("complete", .integer(group.complete)),
                        ("planned", .integer(group.planned)),
                        ("validation", group.validation?.json ?? .null),
                        (testName, group.test?.json ?? .null),
                        ("seconds", group.seconds?.json ?? .null), ("best", .bool(group.isBest)),
                    ])
                }),
            "runs": .array(
                rows.map { row in
                    [
                        "run": .string(row.run.name),
                        "values": .object(zip(axes, row.run.values).map { ($0.key, .string($1)) }),
                        "status": .string(row.status),
                        "failure": row.failure.map(JSONValue.string) ?? .null,
                        "summary": row.summary?.json ?? .null,
                    ]
                }),
        ]
    }

    // MARK: The page

    private var html: String {
        func table(_ heads: [String], _ rows: [(style: String, cells: [String])]) -> String {
            let head = heads.map { "<th scope=\"col\">\(escaped($0))</th>" }.joined()
            let body = rows.map { style, cells in
                "<tr\(style)>" + "<th scope=\"row\">\(escaped(cells[0]))</th>"
                    + cells.dropFirst().map { "<td>\(escaped($0))</td>" }.joined() + "</tr>"
            }.joined(separator: "\n")
            return "<div class=\"scroll\"><table class=\"sweep\"><thead><tr>\(head)</tr></thead>"
                + "<tbody>\(body)</tbody></table></div>"
        }
        let groupRows = groups.map { group in
            (style: group.isBest ? " class=\"best\"" : "", cells: cells(group))
        }
        func percent(_ value: Double?) -> String { value.map { NumberText.percent($0) } ?? "–" }
        let runRows = rows.map { row in
            (
                style: "",
                cells: [
                    row.run.name, row.status, row.summary.map { "\($0.epoch)" } ?? "–",
                    row.summary?.best.map {
                        isShare ? percent($0.value) : NumberText.short($0.value)
                    }
                        ?? "–",
                    percent(row.summary?.testHeadline),
                    row.summary?.seconds.map(NumberText.duration) ?? "–", row.failure ?? "",
                ]
            )
        }
        let notes = remarks.filter { !$0.isEmpty }.map { "<p class=\"note\">\(escaped($0))</p>" }
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width,initial-scale=1">
            <title>\(escaped(title)): sweep</title>
            <style>\(HTMLStyle.css).sweep{min-width:640px;width:100%}
            .sweep tbody th{white-space:nowrap}
            .sweep td:last-child{white-space:normal;text-align:left}.sweep .best{font-weight:600}.sweep .best td:last-child{color:var(--green)}</style></head>
            <body><header><h1>\(escaped(title))</h1>
            <p class="lead">\(NumberText.counted(rows.count, "run", "runs")), \
            \(rows.count { $0.status == "complete" }) complete</p></header><main>
            <section><h2>Groups</h2>\(table(heads, groupRows))\(notes.joined())</section>
            <section><h2>Runs</h2>\(table(["run", "status", "epochs", validationName, testTitle, "time", ""], runRows))</section>
            </main></body></html>

            """
    }
}

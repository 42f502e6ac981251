import Support

extension ReportContent {
    /// The report for browsers: one file with its style, drawings and pictures, that needs no
    /// network and no script.
    public var html: String {
        let reported = evaluation.reported
        var body = "<header><h1>\(escaped(title))</h1>\n"
        body +=
            "<p class=\"lead\">\(escaped(modelName)) on \(escaped(dataName))</p></header>\n<main>\n"
        body += headlineFigures(reported) + facts + commands + otherReports
        for note in notes { body += "<p class=\"note\">\(escaped(note))</p>\n" }
        body += section("All figures", HTMLFigures(evaluation: reported).html)
        body += section(
            "Learning curves", HTMLCurves(rows: history, curves: reported.learningCurves).html)
        for (heading, html) in reported.pageSections(self) { body += section(heading, html) }
        body += section("Details", details(reported))
        body += "</main>\n<script>\(HTMLStyle.sortingScript)</script>\n"
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width,initial-scale=1">
            <title>\(escaped(title))</title>
            <style>\(HTMLStyle.css)</style></head>
            <body>
            \(body)</body></html>

            """
    }

    private func section(_ heading: String, _ content: String?) -> String {
        guard let content else { return "" }
        return "<section><h2>\(heading)</h2>\n\(content)\n</section>\n"
    }

    private func headlineFigures(_ reported: any ReportedEvaluation) -> String {
        var output = ""
        for (place, figure) in reported.headline.enumerated() {
            let value = figure.score.value.map {
                figure.isShare ? NumberText.percent($0) : fixedPoint($0, digits: 4)
            }
            let range = figure.interval.map { interval in
                figure.isShare
                    ? fixedPoint(interval.lower * 100, digits: 2) + "–"
                        + NumberText.percent(interval.upper)
                    : NumberText.range(interval)
            }
            output += "<div\(place == 0 ? " class=\"main\"" : "")><dt>\(figure.name)</dt>"
            output += "<dd><b>\(value ?? "–")</b>"
            if let range { output += "<em>\(range)</em>" }
            output += "<span>\(escaped(figure.score.reason ?? figure.remark))</span></dd></div>"
        }
        let note = reported.confidence.map {
            "<p class=\"small\">Small figures: \(fixedPoint($0 * 100, digits: 0))\u{202F}% "
                + "intervals over images.</p>\n"
        }
        return "<dl class=\"figures\">\(output)</dl>\n" + (note ?? "")
    }

    private var facts: String {
        var items: [(String, String)] = []
        if let epochCount { items.append(("Epochs", NumberText.grouped(epochCount))) }
        if let trainingSeconds { items.append(("Training", NumberText.duration(trainingSeconds))) }
        if let peakMemory { items.append(("Peak memory", NumberText.bytes(peakMemory))) }
        if let hash = history.last?.weightsHash { items.append(("Last weights", hash)) }
        if let git {
            let branch = git.branch.map { " on \($0)" } ?? ""
            items.append(("Commit", git.shortText + branch))
        }
        if let seed { items.append(("Seed", String(seed))) }
        if let environment {
            items.append(("Machine", environment.processor))
            let threads = NumberText.counted(environment.threadCount, "thread", "threads")
            items.append(("Compute", "\(threads), \(environment.instructionSet)"))
        }
        if let date { items.append(("Made", date)) }
        guard !items.isEmpty else { return "" }
        let html = items.map { "<div><dt>\($0.0)</dt><dd>\(escaped($0.1))</dd></div>" }
        return "<dl class=\"facts\">\(html.joined())</dl>\n"
    }

    private var commands: String {
        let items = [("Reproduce", reproduceCommand), ("Serve", serveCommand)]
        let html = items.compactMap { name, command in
            command.map { "<div><dt>\(name)</dt><dd><code>\(escaped($0))</code></dd></div>" }
        }
        return html.isEmpty ? "" : "<dl class=\"commands\">\(html.joined())</dl>\n"
    }

    private var otherReports: String {
        guard !otherTasks.isEmpty else { return "" }
        let links = otherTasks.map { name, folder in
            "<a href=\"\(escaped(folder))/\(RunFile.htmlReport)\">\(escaped(name))</a>"
        }
        return
            "<p class=\"note\">The other tasks of this model: \(links.joined(separator: ", "))</p>\n"
    }

    private func details(_ reported: any ReportedEvaluation) -> String {
        var output = ""
        func fold(_ title: String, _ content: String) {
            output += "<details><summary>\(title)</summary>\(content)</details>\n"
        }
        for (title, html) in reported.pageDetails { fold(title, html) }
        if let configuration { fold("Configuration", "<pre>\(escaped(configuration))</pre>") }
        if let members = environment?.json.members {
            let rows = members.map { key, value in
                let text = value.string ?? value.serialized()
                return "<tr><th scope=\"row\">\(escaped(key))</th><td>\(escaped(text))</td></tr>"
            }
            fold("Environment", "<table><tbody>\(rows.joined())</tbody></table>")
        }
        return output
    }
}

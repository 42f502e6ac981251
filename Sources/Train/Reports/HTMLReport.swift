import Support

extension ReportContent {
    /// The report for browsers: one file with its style, drawings and pictures, that needs no
    /// network and no script.
    public var html: String {
        var body = "<header><h1>\(escaped(title))</h1>\n"
        body +=
            "<p class=\"lead\">\(escaped(modelName)) on \(escaped(dataName))</p></header>\n<main>\n"
        body += headlineFigures + facts + commands
        for note in notes { body += "<p class=\"note\">\(escaped(note))</p>\n" }
        body += section("Learning curves", HTMLCurves(rows: history).html)
        body += section(
            "Confusion matrix",
            evaluation.predictions.sampleCount == 0
                ? nil
                : HTMLConfusion(matrix: evaluation.confusionMatrix, classNames: classNames).html)
        body += section("ROC curves", HTMLROC(roc: evaluation.roc, classNames: classNames).html)
        body += section("Classes", HTMLClassTable(evaluation: evaluation).html)
        body += section(
            "Most confident mistakes",
            HTMLGallery(mistakes: mistakes, predictions: evaluation.predictions).html)
        body += section("Details", details)
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

    private var classNames: [String] { evaluation.predictions.classNames }

    private func section(_ heading: String, _ content: String?) -> String {
        guard let content else { return "" }
        return "<section><h2>\(heading)</h2>\n\(content)\n</section>\n"
    }

    private var headlineFigures: String {
        let predictions = evaluation.predictions
        let correct = NumberText.grouped(evaluation.confusionMatrix.correctCount)
        var output = ""
        func figure(_ name: String, _ value: String, _ remark: String = "", style: String = "") {
            output += "<div\(style)><dt>\(name)</dt><dd><b>\(value)</b>"
            output += "<span>\(remark)</span></dd></div>"
        }
        figure(
            "Accuracy", NumberText.percent(evaluation.accuracy),
            "\(correct) of \(NumberText.grouped(predictions.sampleCount)) images",
            style: " class=\"main\"")
        if let top5 = evaluation.top5Accuracy {
            figure("Top-5 accuracy", NumberText.percent(top5), "true class among five")
        }
        figure(
            "F1", fixedPoint(evaluation.classification.macroAverage.f1Score, digits: 4),
            "mean of \(NumberText.counted(classNames.count, "class", "classes"))")
        let roc = evaluation.roc
        let kind = roc.binary == nil ? "macro, one-vs-rest" : "binary"
        figure(
            "ROC-AUC", roc.headline.value.map { fixedPoint($0, digits: 4) } ?? "–",
            escaped(roc.headline.reason ?? kind))
        figure(
            "Log loss", evaluation.logLoss.value.map(NumberText.short) ?? "–",
            escaped(evaluation.logLoss.reason ?? "nats per image"))
        return "<dl class=\"figures\">\(output)</dl>\n"
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

    private var details: String? {
        var output = ""
        func fold(_ title: String, _ content: String) {
            output += "<details><summary>\(title)</summary>\(content)</details>\n"
        }
        fold("Classification report", "<pre>\(escaped(evaluation.classification.text()))</pre>")
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

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
        body += section("All figures", HTMLFigures(evaluation: evaluation).html)
        body += section("Learning curves", HTMLCurves(rows: history).html)
        body += section(
            "Confusion matrix",
            evaluation.predictions.sampleCount == 0
                ? nil
                : HTMLConfusion(matrix: evaluation.confusionMatrix, classNames: classNames).html)
        body += section("Classes", HTMLClassTable(evaluation: evaluation).html)
        body += section("ROC curves", HTMLROC(evaluation: evaluation).html)
        body += section("Precision and recall", HTMLPrecisionRecall(evaluation: evaluation).html)
        body += section(
            "Thresholds",
            evaluation.thresholds.map {
                HTMLThresholds(table: $0, positiveClass: classNames[1]).html
            })
        body += section("Calibration", HTMLCalibration(evaluation: evaluation).html)
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
        var output = ""
        func add(_ figure: Figure, _ name: String, _ remark: String, isShare: Bool = false) {
            let score = evaluation.score(figure)
            let value = score.value.map {
                isShare ? NumberText.percent($0) : fixedPoint($0, digits: 4)
            }
            let range = evaluation.interval(figure).map { interval in
                isShare
                    ? fixedPoint(interval.lower * 100, digits: 2) + "–"
                        + NumberText.percent(interval.upper)
                    : NumberText.range(interval)
            }
            output += "<div\(figure == .accuracy ? " class=\"main\"" : "")><dt>\(name)</dt>"
            output += "<dd><b>\(value ?? "–")</b>"
            if let range { output += "<em>\(range)</em>" }
            output += "<span>\(escaped(score.reason ?? remark))</span></dd></div>"
        }
        let correct = NumberText.grouped(evaluation.confusionMatrix.correctCount)
        let count = NumberText.grouped(evaluation.predictions.sampleCount)
        let isBinary = classNames.count == 2
        let kind = isBinary ? "class \(classNames[1])" : "macro, one-vs-rest"
        add(.accuracy, "Accuracy", "\(correct) of \(count) images", isShare: true)
        if evaluation.top5Accuracy != nil {
            add(.top5, "Top-5 accuracy", "true class among five", isShare: true)
        }
        add(
            .macroF1, "F1",
            "mean of \(NumberText.counted(classNames.count, "class", "classes"))")
        add(isBinary ? .rocBinary : .rocMacro, "ROC-AUC", kind)
        add(isBinary ? .precisionBinary : .precisionMacro, "Average precision", kind)
        add(.logLoss, "Log loss", "nats per image")
        add(.expectedError, "Calibration error", "ECE, \(Reliability.binCount) bins")
        let share = evaluation.intervals.map {
            fixedPoint($0.bootstrap.confidence * 100, digits: 0)
        }
        let note = share.map {
            "<p class=\"small\">Small figures: \($0)\u{202F}% intervals over images.</p>\n"
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

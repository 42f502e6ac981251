import Support

extension RunComparison {
    /// The changed samples of each kind on the page.
    static let shownOnPage = 200

    /// The comparison for browsers: one file that needs no network and no script.
    public var html: String {
        var body = "<header><h1>Is B better than A?</h1>\n"
        body += "<p class=\"lead\">\(escaped(verdict))</p></header>\n<main>\n"
        body += "<dl class=\"commands\">\(run("A", a))\(run("B", b))</dl>\n"
        body += "<p class=\"note\">\(NumberText.grouped(a.predictions.sampleCount)) samples"
        body += escaped(a.dataName.map { " of \($0)" } ?? "")
        body += ". Differences are B − A; intervals hold 95 % of "
        body += "\(NumberText.grouped(resampleCount)) resamples on which both are measured.</p>\n"
        let (summary, changes) = (answers.compared.pageSummary, answers.compared.pageChanges)
        body += section("Figures", table(figures, digits: 4, isScaleShared: false))
        body += section(summary.heading, summary.html)
        body += section(
            "\(classFigure) of each class", table(byDifference, digits: 3, isScaleShared: true))
        body += section(changes.heading, changes.html)
        body += section("Configuration", configurationTable)
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width,initial-scale=1">
            <title>A against B</title>
            <style>\(HTMLStyle.css)\(Self.css)</style></head>
            <body>
            \(body)</main>
            </body></html>

            """
    }

    private static let css = """
        .compare{width:100%;min-width:640px}.compare td.range{width:220px}
        .compare .up{color:var(--green);font-weight:600}.compare .down{color:var(--red);font-weight:600}
        .range svg{display:inline-block;width:200px;height:16px;vertical-align:middle}
        .range .zero{stroke:var(--grey);stroke-dasharray:2 2}
        .range .span{stroke:var(--faint);stroke-width:4}.range .up .span{stroke:var(--green)}
        .range .down .span{stroke:var(--red)}.range circle{fill:var(--ink)}
        .keys td{text-align:left;white-space:normal;overflow-wrap:anywhere}
        .keys thead th,.flips thead th{text-align:left}
        .flips td{text-align:left;white-space:normal;overflow-wrap:anywhere}
        """

    private func run(_ name: String, _ run: MeasuredRun) -> String {
        let model = run.modelName.map { " — \($0)" } ?? ""
        return "<div><dt>\(name)</dt><dd><code>\(escaped(run.path + model))</code></dd></div>"
    }

    private func section(_ heading: String, _ content: String) -> String {
        "<section><h2>\(heading)</h2>\n\(content)\n</section>\n"
    }

    private var byDifference: [FigureDifference] {
        classes.sorted { ($0.difference ?? 0) > ($1.difference ?? 0) }
    }

    // MARK: Figures with their intervals

    /// Classes share a scale; the figures for the whole have a unit each.
    private func table(
        _ figures: [FigureDifference], digits: Int, isScaleShared: Bool
    ) -> String {
        let heads = ["A", "B", "B − A", "95 % interval", "", "p"]
        var rows = ""
        let shared = figures.map(Self.extent).max() ?? 0
        for figure in figures {
            let style = figure.isBetter.map { $0 ? " class=\"up\"" : " class=\"down\"" } ?? ""
            func cell(_ text: String, _ attributes: String = "") {
                rows += "<td\(attributes)>\(text)</td>"
            }
            rows += "<tr><th scope=\"row\">\(escaped(figure.name))</th>"
            cell(figure.a.map { fixedPoint($0, digits: digits) } ?? "–")
            cell(figure.b.map { fixedPoint($0, digits: digits) } ?? "–")
            cell(figure.difference.map { Self.signed($0, digits) } ?? "–", style)
            cell(
                figure.interval.map {
                    "[\(Self.signed($0.lower, digits)), \(Self.signed($0.upper, digits))]"
                } ?? "–")
            cell(
                Self.drawing(figure, extent: isScaleShared ? shared : Self.extent(figure)),
                " class=\"range\"")
            cell(figure.pValue.map { escaped(Self.probability($0)) } ?? "–")
            rows += "</tr>\n"
        }
        let head = heads.map { "<th scope=\"col\">\($0)</th>" }.joined()
        return "<div class=\"scroll\"><table class=\"compare\"><thead><tr><th></th>\(head)</tr>"
            + "</thead><tbody>\n\(rows)</tbody></table></div>"
    }

    private static func extent(_ figure: FigureDifference) -> Double {
        figure.interval.map { max(abs($0.lower), abs($0.upper)) } ?? 0
    }

    /// The interval on a line with 0 in the middle.
    private static func drawing(_ figure: FigureDifference, extent: Double) -> String {
        guard let interval = figure.interval, let difference = figure.difference, extent > 0 else {
            return ""
        }
        func x(_ value: Double) -> String { fixedPoint(100 + 92 * value / extent, digits: 1) }
        let style = figure.isBetter.map { $0 ? "up" : "down" } ?? "open"
        return "<svg viewBox=\"0 0 200 16\" role=\"img\" aria-label=\"interval\">"
            + "<line class=\"zero\" x1=\"100\" x2=\"100\" y1=\"0\" y2=\"16\"/><g class=\"\(style)\">"
            + "<line class=\"span\" x1=\"\(x(interval.lower))\" x2=\"\(x(interval.upper))\" "
            + "y1=\"8\" y2=\"8\"/></g><circle cx=\"\(x(difference))\" cy=\"8\" r=\"3.5\"/></svg>"
    }

    private var configurationTable: String {
        guard a.configuration != nil, b.configuration != nil else {
            return "<p>The configurations are not both known.</p>"
        }
        guard !configuration.isEmpty else { return "<p>The same.</p>" }
        let rows = configuration.map { key, x, y in
            "<tr><th scope=\"row\"><code>\(escaped(key))</code></th><td>\(escaped(x ?? "–"))</td>"
                + "<td>\(escaped(y ?? "–"))</td></tr>"
        }
        return "<table class=\"keys\"><thead><tr><th></th><th scope=\"col\">A</th>"
            + "<th scope=\"col\">B</th></tr></thead><tbody>\(rows.joined(separator: "\n"))"
            + "</tbody></table>"
    }
}

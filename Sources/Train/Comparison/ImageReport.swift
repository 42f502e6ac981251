import Support

extension ImageComparison: ComparedAnswers {
    func verdict(_ figures: [FigureDifference]) -> String {
        let (difference, pValue) = (figures[0].difference, figures[0].pValue)
        return RunComparison.verdict(
            "mean IoU", difference, isProven: pValue.map { $0 < 0.05 } ?? false,
            isBetter: (difference ?? 0) > 0,
            test: "paired bootstrap p = \(pValue.map(RunComparison.probability) ?? "undefined")")
    }

    private var betterCount: Int { changes.count { $0.difference > 0 } }
    private var worseCount: Int { changes.count { $0.difference < 0 } }
    private var sameCount: Int { a.sampleCount - changes.count }

    var summary: String {
        "mean IoU of the single images: higher in A \(NumberText.grouped(worseCount)), higher in B "
            + "\(NumberText.grouped(betterCount)), the same \(NumberText.grouped(sameCount))"
    }

    // MARK: Images that changed

    /// The losses, the largest first, and the gains, the largest first.
    private var kinds: [(title: String, changes: [Change])] {
        [
            ("worse in B", changes.filter { $0.difference < 0 }),
            ("better in B", changes.reversed().filter { $0.difference > 0 }),
        ]
    }

    private func title(_ kind: String, _ count: Int) -> String {
        "\(NumberText.counted(count, "image", "images")) \(kind) by mean IoU"
    }

    var changeText: [String] {
        var lines: [String] = []
        for (kind, changes) in kinds where !changes.isEmpty {
            lines.append(title(kind, changes.count))
            for change in changes.prefix(RunComparison.shownCount) {
                lines.append(
                    "  \(a.samples[change.sample].name): \(fixedPoint(change.a, digits: 4)) → "
                        + fixedPoint(change.b, digits: 4))
            }
            if changes.count > RunComparison.shownCount {
                let rest = changes.count - RunComparison.shownCount
                lines.append("  … \(rest) more in --json and --html")
            }
            lines.append("")
        }
        return lines
    }

    var jsonMembers: [(key: String, value: JSONValue)] {
        [
            ("worse_images", .integer(worseCount)), ("better_images", .integer(betterCount)),
            ("same_images", .integer(sameCount)),
            (
                "images",
                .array(
                    changes.map { change in
                        [
                            "index": .integer(a.samples[change.sample].index),
                            "name": .string(a.samples[change.sample].name),
                            "a": .number(change.a), "b": .number(change.b),
                        ]
                    })
            ),
        ]
    }

    // MARK: The page

    var pageSummary: (heading: String, html: String) {
        let rows = [("higher in A", worseCount), ("higher in B", betterCount), ("same", sameCount)]
            .map { name, count in
                "<tr><th scope=\"row\">\(name)</th><td>\(NumberText.grouped(count))</td></tr>"
            }
        return (
            "Single images",
            "<table><thead><tr><th scope=\"col\">mean IoU</th><th scope=\"col\">images</th></tr>"
                + "</thead><tbody>\(rows.joined())</tbody></table>"
        )
    }

    var pageChanges: (heading: String, html: String) {
        let tables = kinds.filter { !$0.changes.isEmpty }.map { kind, changes in
            let shown = changes.prefix(RunComparison.shownOnPage)
            let rest = shown.count < changes.count ? ", the first \(shown.count)" : ""
            return RunComparison.pageTable(
                title(kind, changes.count) + rest, ["image", "A", "B", "B − A"], shown.map(row))
        }
        return (
            "Images that changed",
            tables.isEmpty ? "<p>None.</p>" : tables.joined(separator: "\n")
        )
    }

    private func row(_ change: Change) -> String {
        "<tr><th scope=\"row\">\(escaped(a.samples[change.sample].name))</th>"
            + "<td>\(fixedPoint(change.a, digits: 4))</td><td>\(fixedPoint(change.b, digits: 4))</td>"
            + "<td>\(RunComparison.signed(change.difference, 4))</td></tr>"
    }
}

import Support

/// What a comparison shows of the single samples.
protocol ComparedAnswers {
    /// The answer to whether B is better, in a sentence.
    func verdict(_ figures: [FigureDifference]) -> String
    /// How many samples each model has better, in a line.
    var summary: String { get }
    /// The samples that changed, for terminals.
    var changeText: [String] { get }
    /// All of it for programs.
    var jsonMembers: [(key: String, value: JSONValue)] { get }
    /// The summary as a section of the page.
    var pageSummary: (heading: String, html: String) { get }
    /// The samples that changed as a section of the page.
    var pageChanges: (heading: String, html: String) { get }
}

extension RunComparison.Answers {
    var compared: any ComparedAnswers {
        switch self {
        case .classified(let mistakes): mistakes
        case .segmented(let images): images
        }
    }
}

extension RunComparison {
    /// The sentence for a difference, which a test finds or does not.
    static func verdict(
        _ name: String, _ difference: Double?, isProven: Bool, isBetter: Bool, test: String
    ) -> String {
        let points = difference.map { signed(100 * $0, 2) } ?? "undefined"
        guard isProven else {
            return "No evidence that B is better or worse: \(name) \(points) points, \(test)"
        }
        return "B is \(isBetter ? "better" : "worse"): \(name) \(points) points, \(test)"
    }

    /// A folded table of samples that changed, a row each.
    static func pageTable(_ title: String, _ heads: [String], _ rows: [String]) -> String {
        let head = heads.map { "<th scope=\"col\">\($0)</th>" }.joined()
        return "<details><summary>\(title)</summary><div class=\"scroll\">"
            + "<table class=\"flips\"><thead><tr>\(head)</tr></thead><tbody>"
            + rows.joined(separator: "\n") + "</tbody></table></div></details>"
    }
}

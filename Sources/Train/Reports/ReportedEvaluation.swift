import Support

/// What a report shows of an evaluation; all else is the same for every task.
protocol ReportedEvaluation {
    /// The figures at the head of the page, the one to quote first.
    var headline: [HeadlineFigure] { get }
    /// All figures, in the groups in which reports list them.
    var figureGroups: [FigureGroup] { get }
    /// The share of resamples that the intervals hold; nil where there are none.
    var confidence: Double? { get }
    /// How the intervals were found; nil where there are none.
    var intervalMethod: String? { get }
    /// What the report for terminals has below the figures.
    var textDetails: String { get }
    /// The first members of the report for programs.
    var jsonMembers: [(key: String, value: JSONValue)] { get }
    /// The learning curves that tell something about the task.
    var learningCurves: [LearningCurve] { get }
    /// The sections of the page between the learning curves and the details.
    func pageSections(_ content: ReportContent) -> [(heading: String, html: String?)]
    /// What the page folds away at its end.
    var pageDetails: [(title: String, html: String)] { get }
}

/// A figure at the head of a page.
struct HeadlineFigure {
    var name: String
    var score: Score
    var interval: Interval?
    var remark: String
    /// Whether it is written in percent.
    var isShare = false
}

/// A figure as reports list it.
struct ReportFigure {
    /// The name in `report.json`.
    var name: String
    var title: String
    var score: Score
    var interval: Interval?
    /// What it says here; the reason where it is undefined.
    var remark: String
}

/// Figures that belong together.
struct FigureGroup {
    var title: String
    var figures: [ReportFigure]
    /// A line about all of them.
    var note: String?
    /// Whether the text, and whether the page, lists the group.
    var isInText = true, isOnPage = true
}

extension TaskEvaluation {
    /// What reports show of it.
    var reported: any ReportedEvaluation {
        switch self {
        case .classification(let evaluation): evaluation
        case .segmentation(let evaluation): evaluation
        }
    }

    /// The table of the classes, for terminals.
    public var classTable: String {
        switch self {
        case .classification(let evaluation): evaluation.classification.text()
        case .segmentation(let evaluation): evaluation.classTable
        }
    }
}

extension ReportedEvaluation {
    /// Every figure about all classes with its interval.
    var figuresJSON: JSONValue {
        .object(
            figureGroups.flatMap(\.figures).map { figure in
                (
                    key: figure.name,
                    value: [
                        "value": figure.score.json, "interval": figure.interval?.json ?? .null,
                    ]
                )
            })
    }

    /// Why figures are undefined, by their names.
    func undefinedJSON(_ further: [(key: String, score: Score)]) -> JSONValue {
        let all = figureGroups.flatMap(\.figures).map { (key: $0.name, score: $0.score) } + further
        return .object(
            all.compactMap { key, score in score.reason.map { (key, .string($0)) } })
    }
}

extension ConfusionMatrix {
    /// The counts, a list for each true class.
    var json: JSONValue {
        .array(
            (0..<classCount).map { label in
                .array((0..<classCount).map { .integer(self[label, $0]) })
            })
    }
}

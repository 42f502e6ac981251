import NN
import Support

/// What came of a sweep so far: its runs, and their figures over the seeds.
public struct SweepResults: Sendable {
    /// One run.
    public struct Row: Sendable {
        /// The planned run.
        public let run: SweepPlan.Run
        /// What is in its folder; nil where it has not begun.
        public let summary: RunSummary?
        /// Why it failed, if it was tried and failed.
        public let failure: String?

        /// `complete`, `failed`, `waiting`, or the state of its folder.
        public var status: String {
            if summary?.status == .complete { return "complete" }
            return failure != nil ? "failed" : summary?.status.rawValue ?? "waiting"
        }
    }

    /// The runs that differ only in their seed.
    public struct Group: Sendable {
        /// The values of the axes but the seed.
        public let values: [String]
        /// How many runs are complete, and how many there are.
        public let complete: Int, planned: Int
        /// The best validation figure of each run, its headline on the test images, and its time.
        public let validation: SampleStatistics?, test: SampleStatistics?,
            seconds: SampleStatistics?
        /// Whether its mean is the best of all groups.
        public fileprivate(set) var isBest = false
    }

    /// The heading.
    public let title: String
    /// The axes.
    public let axes: [SweepAxis]
    /// All runs, in the order of the plan.
    public let rows: [Row]
    /// The groups, in the order of the plan.
    public let groups: [Group]
    /// What is validated.
    public let metric: EvaluationConfiguration.Metric
    /// Whether the best was chosen by the validation figure; by the test figure where there is none.
    public let isChosenByValidation: Bool
    /// What the measured models do; runs of several tasks do not compare, and none is the best.
    public let tasks: [ModelTask]

    private static let seedKey = "seed"

    /// The axes that name the groups.
    public var groupAxes: [SweepAxis] { axes.filter { $0.key != Self.seedKey } }

    /// Reads the runs in `folder`.
    ///
    /// - Parameters:
    ///   - plan: The sweep.
    ///   - folder: Its folder.
    ///   - failures: What went wrong, by the name of the run.
    public init(of plan: SweepPlan, in folder: String, failures: [String: String]) {
        title = plan.name
        axes = plan.axes
        let rows = plan.runs.map { run in
            let path = "\(folder)/\(run.name)"
            return Row(
                run: run,
                summary: fileExists("\(path)/\(RunFile.configuration)")
                    ? RunSummary(path: path) : nil,
                failure: failures[run.name])
        }
        self.rows = rows
        let metric =
            rows.compactMap { $0.summary?.metric }.first ?? .accuracy
        self.metric = metric
        let found = Set(rows.compactMap { $0.summary?.task })
        tasks =
            found.isEmpty ? [.classification] : ModelTask.allCases.filter(found.contains)
        let varying = plan.axes.indices.filter { plan.axes[$0].key != Self.seedKey }
        var keys: [[String]] = []
        for row in rows {
            let key = varying.map { row.run.values[$0] }
            if !keys.contains(key) { keys.append(key) }
        }
        var groups = keys.map { key in
            Self.group(key, rows.filter { row in varying.map { row.run.values[$0] } == key })
        }
        let validated = groups.contains { $0.validation != nil }
        isChosenByValidation = validated
        func score(_ group: Group) -> Double? {
            validated
                ? group.validation.map { metric == .loss ? -$0.mean : $0.mean } : group.test?.mean
        }
        if groups.count > 1, tasks.count == 1,
            let best = groups.indices.filter({ score(groups[$0]) != nil })
                .max(by: { score(groups[$0])! < score(groups[$1])! })
        {
            groups[best].isBest = true
        }
        self.groups = groups
    }

    private static func group(_ values: [String], _ rows: [Row]) -> Group {
        let done = rows.compactMap(\.summary).filter { $0.status == .complete }
        return Group(
            values: values, complete: done.count, planned: rows.count,
            validation: SampleStatistics(done.compactMap { $0.best?.value }),
            test: SampleStatistics(done.compactMap(\.testHeadline)),
            seconds: SampleStatistics(done.compactMap(\.seconds)))
    }
}

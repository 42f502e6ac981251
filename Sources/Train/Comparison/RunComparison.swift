import Support

/// Two models measured on the same samples: is the second better?
///
/// Differences are B − A. Intervals and p-values come from resamples on which both models are measured
/// (the paired bootstrap), so what is hard for both cancels out.
public struct RunComparison: Sendable {
    /// A figure of both models and the difference.
    public struct Figure: Sendable {
        /// Its name.
        public let name: String
        /// Its value for each; nil where undefined.
        public let a: Double?, b: Double?
        /// B − A; nil where one is undefined.
        public let difference: Double?
        /// The 95 % interval of the difference.
        public let interval: Interval?
        /// Two-sided: 2 · min(P(d ≤ 0), P(d ≥ 0)) over the resamples d, none of which counts as 0.
        public let pValue: Double?
        /// Whether smaller is better.
        public let isLoss: Bool

        /// Whether B is better, beyond the interval; nil where that is open.
        public var isBetter: Bool? {
            guard let interval, interval.lower > 0 || interval.upper < 0 else { return nil }
            return (interval.lower > 0) != isLoss
        }
    }

    /// A sample that one model has right and the other has not.
    public struct Flip: Sendable {
        /// Its position in the predictions.
        public let sample: Int
        /// Whether B has it right.
        public let isFixed: Bool
    }

    /// Both runs.
    public let a: MeasuredRun, b: MeasuredRun
    /// Accuracy, macro F1, log-loss and ROC-AUC.
    public let figures: [Figure]
    /// F1 of each class, in their order.
    public let classes: [Figure]
    /// The test on the numbers of mistakes.
    public let mcNemar: McNemarTest
    /// The samples that both have right, and that neither has.
    public let bothRight: Int, bothWrong: Int
    /// What changed, the surest of the new predictions first.
    public let flips: [Flip]
    /// The keys of the configurations that differ; nil values where a run does not read the key.
    public let configuration: [(key: String, a: String?, b: String?)]
    /// The resamples.
    public let resampleCount: Int

    /// Compares two runs.
    ///
    /// - Throws: `FileError` when they were not measured on the same samples of the same data.
    public init(_ a: MeasuredRun, _ b: MeasuredRun, bootstrap: Bootstrap) throws(FileError) {
        try Self.check(a, b)
        self.a = a
        self.b = b
        resampleCount = bootstrap.resampleCount
        (figures, classes) = Self.figures(a.predictions, b.predictions, bootstrap)
        let labels = a.predictions.labels
        let right = labels.indices.map { sample in
            (
                a.predictions.predictedLabels[sample] == labels[sample],
                b.predictions.predictedLabels[sample] == labels[sample]
            )
        }
        bothRight = right.count { $0.0 && $0.1 }
        bothWrong = right.count { !$0.0 && !$0.1 }
        mcNemar = McNemarTest(
            onlyFirst: right.count { $0.0 && !$0.1 }, onlySecond: right.count { !$0.0 && $0.1 })
        flips = labels.indices.filter { right[$0].0 != right[$0].1 }
            .map { (Flip(sample: $0, isFixed: right[$0].1), b.predictions.confidence($0)) }
            .sorted { ($1.1, $0.0.sample) < ($0.1, $1.0.sample) }.map(\.0)
        configuration = Self.differences(a.configuration, b.configuration)
    }

    private static func check(_ a: MeasuredRun, _ b: MeasuredRun) throws(FileError) {
        let (p, q) = (a.predictions, b.predictions)
        func refusal(_ message: String) -> FileError {
            FileError(path: b.path, message: "cannot be compared with \(a.path): \(message)")
        }
        if let x = a.dataName, let y = b.dataName, x != y {
            throw refusal("it was measured on \(y), the other on \(x)")
        }
        guard p.classNames == q.classNames else {
            throw refusal(
                "its classes are \(shortList(q.classNames)), those of the other "
                    + shortList(p.classNames))
        }
        guard p.sampleCount == q.sampleCount else {
            throw refusal(
                "it was measured on \(q.sampleCount) samples, the other on \(p.sampleCount); "
                    + "residual evaluate --output measures both on the same")
        }
        guard p.sampleCount > 0 else { throw refusal("there are no samples") }
        for sample in p.labels.indices {
            guard p.sampleNames[sample] == q.sampleNames[sample],
                p.sampleIndices[sample] == q.sampleIndices[sample]
            else {
                throw refusal(
                    "sample \(sample + 1) is '\(q.sampleNames[sample])', and "
                        + "'\(p.sampleNames[sample])' in the other")
            }
            guard p.labels[sample] == q.labels[sample] else {
                throw refusal(
                    "the true class of '\(q.sampleNames[sample])' is "
                        + "\(q.classNames[Int(q.labels[sample])]), and "
                        + "\(p.classNames[Int(p.labels[sample])]) in the other")
            }
        }
    }

    private static func shortList(_ names: [String]) -> String {
        names.count <= 6
            ? names.joined(separator: ", ")
            : names.prefix(5).joined(separator: ", ") + ", … (\(names.count))"
    }

    // MARK: Figures

    private static func figures(
        _ a: Predictions, _ b: Predictions, _ bootstrap: Bootstrap
    ) -> ([Figure], [Figure]) {
        let (first, second) = (WeightedFigures(a), WeightedFigures(b))
        let count = WeightedFigures.headCount + a.classCount
        let once = [UInt32](repeating: 1, count: a.sampleCount)
        let (valuesA, valuesB) = once.withUnsafeBufferPointer { (first($0), second($0)) }
        let distributions = bootstrap.distributions(
            sampleCount: a.sampleCount, figureCount: count
        ) { counts, figures in
            let (x, y) = (first(counts), second(counts))
            for place in 0..<count { figures[place] = y[place] - x[place] }
        }
        let names = ["accuracy", "macro F1", "log-loss", "ROC-AUC"] + a.classNames
        let figures = (0..<count).map { place in
            let isLoss = place == 2
            let isDefined =
                !valuesA[place].isNaN && !valuesB[place].isNaN
                && (!isLoss || a.isFinite && b.isFinite)
            return Figure(
                name: names[place], a: isDefined ? valuesA[place] : nil,
                b: isDefined ? valuesB[place] : nil,
                difference: isDefined ? valuesB[place] - valuesA[place] : nil,
                interval: isDefined ? distributions[place].interval : nil,
                pValue: isDefined ? pValue(distributions[place].values) : nil, isLoss: isLoss)
        }
        return (
            Array(figures.prefix(WeightedFigures.headCount)),
            Array(figures.dropFirst(WeightedFigures.headCount))
        )
    }

    /// One is added above and below, so that a finite number of resamples never claims certainty.
    private static func pValue(_ differences: [Double]) -> Double? {
        let defined = differences.filter { !$0.isNaN }
        guard !defined.isEmpty else { return nil }
        let tail = min(defined.count { $0 <= 0 }, defined.count { $0 >= 0 })
        return min(1, 2 * Double(tail + 1) / Double(defined.count + 1))
    }

    private static func differences(
        _ a: Configuration?, _ b: Configuration?
    ) -> [(key: String, a: String?, b: String?)] {
        guard let a, let b else { return [] }
        let (first, second) = (a.flattened, b.flattened)
        let valuesA = Dictionary(first.map { ($0.key, $0.value) }) { x, _ in x }
        let valuesB = Dictionary(second.map { ($0.key, $0.value) }) { x, _ in x }
        let keys = first.map(\.key) + second.map(\.key).filter { valuesA[$0] == nil }
        // Two runs always lie in two folders.
        return keys.filter { $0 != "output" && valuesA[$0] != valuesB[$0] }.map {
            ($0, valuesA[$0], valuesB[$0])
        }
    }
}

/// A run as it was measured: its predictions, and what is known about it.
public struct MeasuredRun: Sendable {
    /// The folder.
    public let path: String
    /// The predictions for each sample.
    public let predictions: Predictions
    /// What it was measured on, such as `CIFAR-10, test split`; nil without a report.
    public let dataName: String?
    /// The model, such as `resnet18 (11,173,962 parameters)`; nil without a report.
    public let modelName: String?
    /// The configuration, where it can be read.
    public let configuration: Configuration?

    /// Reads the folder of a run, or one that `residual evaluate --output` wrote.
    public init(folder: String) throws(FileError) {
        var path = folder
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
        guard fileExists(path) else {
            throw FileError(path: path, message: "there is no such run folder")
        }
        predictions = try Predictions(csv: "\(path)/\(RunFile.predictions)")
        var report: JSONValue?
        if let bytes = try contents(ofFile: "\(path)/\(RunFile.jsonReport)") {
            do {
                report = try JSONValue.parse(bytes)
            } catch {
                throw FileError(
                    path: "\(path)/\(RunFile.jsonReport):\(error.line):\(error.column)",
                    message: error.message)
            }
        }
        dataName = report?["data"]?.string
        modelName = report?["model"]?.string
        let text = report?["configuration"]?.string
        configuration =
            (text.flatMap { try? Configuration.parse($0, file: RunFile.jsonReport) }
            ?? (try? Configuration.load(contentsOf: "\(path)/\(RunFile.configuration)")))?.values
    }
}

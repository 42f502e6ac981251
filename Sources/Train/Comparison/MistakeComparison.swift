/// Which samples two classifiers have right.
public struct MistakeComparison: Sendable {
    /// A sample that one model has right and the other has not.
    public struct Flip: Sendable {
        /// Its position in the predictions.
        public let sample: Int
        /// Whether B has it right.
        public let isFixed: Bool
    }

    /// What both said.
    public let a: Predictions, b: Predictions
    /// The test on the numbers of mistakes.
    public let mcNemar: McNemarTest
    /// The samples that both have right, and that neither has.
    public let bothRight: Int, bothWrong: Int
    /// What changed, the surest of the new predictions first.
    public let flips: [Flip]

    /// Compares the answers to the same samples.
    init(_ a: Predictions, _ b: Predictions) {
        self.a = a
        self.b = b
        let labels = a.labels
        let right = labels.indices.map { sample in
            (
                a.predictedLabels[sample] == labels[sample],
                b.predictedLabels[sample] == labels[sample]
            )
        }
        bothRight = right.count { $0.0 && $0.1 }
        bothWrong = right.count { !$0.0 && !$0.1 }
        mcNemar = McNemarTest(
            onlyFirst: right.count { $0.0 && !$0.1 }, onlySecond: right.count { !$0.0 && $0.1 })
        flips = labels.indices.filter { right[$0].0 != right[$0].1 }
            .map { (Flip(sample: $0, isFixed: right[$0].1), b.confidence($0)) }
            .sorted { ($1.1, $0.0.sample) < ($0.1, $1.0.sample) }.map(\.0)
    }

    /// Why the samples are not the same; nil if they are.
    var disagreement: String? {
        a.labels.indices.first { a.labels[$0] != b.labels[$0] }.map { sample in
            "the true class of '\(b.sampleNames[sample])' is "
                + "\(b.classNames[Int(b.labels[sample])]), and "
                + "\(a.classNames[Int(a.labels[sample])]) in the other"
        }
    }

    /// The figures for the whole, then F1 of each class.
    func differences(_ bootstrap: Bootstrap) -> [FigureDifference] {
        let (first, second) = (WeightedFigures(a), WeightedFigures(b))
        return FigureDifference.paired(
            ["accuracy", "macro F1", "log-loss", "ROC-AUC"] + a.classNames, losses: [2],
            sampleCount: a.sampleCount, bootstrap, a: { first($0) }, b: { second($0) })
    }
}

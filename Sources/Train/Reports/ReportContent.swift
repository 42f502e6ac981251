import Support

/// Everything that the reports of a run show: text, JSON and HTML are pure functions of it.
public struct ReportContent: Sendable {
    /// The heading, usually the name of the run.
    public var title: String
    /// What was trained, such as `resnet18 (11.2 M parameters)`.
    public var modelName: String
    /// What it was evaluated on, such as `CIFAR-10, test split`.
    public var dataName: String
    /// All metrics.
    public var evaluation: Evaluation
    /// The measurements made while training; empty when only an evaluation was run.
    public var history: [HistoryRow]
    /// The epochs trained.
    public var epochCount: Int?
    /// The time that training took.
    public var trainingSeconds: Double?
    /// The most memory that tensors had at once in training, in bytes.
    public var peakMemory: Int?
    /// The seed of the run.
    public var seed: UInt64?
    /// When the report was made, as it is to be shown.
    public var date: String?
    /// The state of the source tree.
    public var git: GitState?
    /// The command that repeats the run.
    public var reproduceCommand: String?
    /// The command that serves the model.
    public var serveCommand: String?
    /// Pictures of the worst mistakes, the worst first.
    public var mistakes: [MistakePicture]
    /// The resolved configuration, YAML.
    public var configuration: String?
    /// The machine and program.
    public var environment: RunEnvironment?
    /// Sentences that a reader must know, such as a limit on the batches evaluated.
    public var notes: [String]

    /// Creates the content with what every report has; the rest starts out absent.
    public init(title: String, modelName: String, dataName: String, evaluation: Evaluation) {
        self.title = title
        self.modelName = modelName
        self.dataName = dataName
        self.evaluation = evaluation
        history = []
        mistakes = []
        notes = []
    }
}

/// A wrongly classified picture for the gallery of a report.
public struct MistakePicture: Sendable {
    /// The position of the sample in the predictions.
    public var sample: Int
    /// The picture as the bytes of a PNG file; about 100 to 200 pixels a side are enough.
    public var png: [UInt8]

    /// Pairs a sample with its picture.
    public init(sample: Int, png: [UInt8]) {
        self.sample = sample
        self.png = png
    }
}

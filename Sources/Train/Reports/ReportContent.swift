import Support

/// Everything that the reports of a run show: text, JSON and HTML are pure functions of it.
public struct ReportContent: Sendable {
    /// The heading, usually the name of the run.
    public var title: String
    /// What was trained, such as `resnet18 (11.2 M parameters)`.
    public var modelName: String
    /// What it was evaluated on, such as `CIFAR-10, test split`.
    public var dataName: String
    /// All measures.
    public var evaluation: TaskEvaluation
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
    /// Of a classification: pictures of the worst mistakes, the worst first.
    public var mistakes: [MistakePicture]
    /// Of a segmentation: pictures of good and bad answers.
    public var segmentations: [SegmentationPicture]
    /// The resolved configuration, YAML.
    public var configuration: String?
    /// The machine and program.
    public var environment: RunEnvironment?
    /// The other tasks that the model learned, and the folders of their reports seen from this one's.
    public var otherTasks: [(name: String, folder: String)]
    /// Sentences that a reader must know, such as a limit on the batches evaluated.
    public var notes: [String]

    /// Creates the content with what every report has; the rest starts out absent.
    public init(title: String, modelName: String, dataName: String, evaluation: TaskEvaluation) {
        self.title = title
        self.modelName = modelName
        self.dataName = dataName
        self.evaluation = evaluation
        history = []
        mistakes = []
        segmentations = []
        otherTasks = []
        notes = []
    }
}

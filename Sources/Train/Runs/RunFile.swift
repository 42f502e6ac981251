/// The names of the files in a run folder.
public enum RunFile {
    /// The resolved configuration; training with it repeats the run.
    public static let configuration = "config.yaml"
    /// What the command line changed.
    public static let overrides = "overrides.yaml"
    /// The command line, one line per start.
    public static let command = "command.txt"
    /// The machine and the program.
    public static let environment = "environment.json"
    /// The state of the source tree.
    public static let git = "git.json"
    /// The uncommitted changes to the source tree.
    public static let patch = "diff.patch"
    /// The measurements as a table.
    public static let historyTable = "history.csv"
    /// The measurements as JSON lines.
    public static let historyLines = "history.jsonl"
    /// The hashes of the weights as JSON lines, tensor by tensor.
    public static let weightHashes = "weights.jsonl"
    /// The checkpoint of the last saved step.
    public static let lastCheckpoint = "checkpoints/last.safetensors"
    /// The checkpoint with the best validation figure.
    public static let bestCheckpoint = "checkpoints/best.safetensors"
    /// The folder of the event files.
    public static let tensorBoard = "tensorboard"
    /// The report for terminals.
    public static let textReport = "report.txt"
    /// The report for programs.
    public static let jsonReport = "report.json"
    /// The report for browsers.
    public static let htmlReport = "report.html"
    /// Counts of true against predicted class.
    public static let confusionMatrix = "confusion_matrix.csv"
    /// One line per evaluated sample.
    public static let predictions = "predictions.csv"
    /// What was printed while training.
    public static let log = "log.txt"
    /// Held locked by the process that trains.
    public static let lock = "run.lock"
}

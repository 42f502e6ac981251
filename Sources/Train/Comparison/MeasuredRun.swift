import Support

/// A run as it was measured: its predictions, and what is known about it.
public struct MeasuredRun: Sendable {
    /// The folder.
    public let path: String
    /// The predictions for each sample.
    public let predictions: TaskPredictions
    /// What it was measured on, such as `CIFAR-10, test split`; nil without a report.
    public let dataName: String?
    /// The model, such as `resnet18 (11,173,962 parameters)`; nil without a report.
    public let modelName: String?
    /// Of a segmentation, the name of the class that is ignored as well; nil without one.
    public let borderClass: String?
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
        predictions = try TaskPredictions(csv: "\(path)/\(RunFile.predictions)")
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
        borderClass = report?["border_class"]?.string
        let text = report?["configuration"]?.string
        configuration =
            (text.flatMap { try? Configuration.parse($0, file: RunFile.jsonReport) }
            ?? (try? Configuration.load(contentsOf: "\(path)/\(RunFile.configuration)")))?.values
    }
}

import Support

/// Everything that a person or a program reads about one task of a measured model.
public struct RunReports {
    /// The figures, and what they are about.
    public let content: ReportContent
    /// The place of the task among those of the model.
    public let position: Int
    /// The task, where the model has several.
    public let task: String?

    /// The reports of what was measured.
    public init(_ content: ReportContent, position: Int = 0, task: String? = nil) {
        self.content = content
        self.position = position
        self.task = task
    }

    /// The same figures with more about the run around them.
    public func adding(_ change: (inout ReportContent) -> Void) -> RunReports {
        var content = content
        change(&content)
        return RunReports(content, position: position, task: task)
    }

    /// Writes the reports, the confusion matrix and the predictions into `folder`.
    public func write(to folder: String) throws(FileError) {
        func path(_ file: String) -> String { "\(folder)/\(file)" }
        try AtomicFile.write(content.text, to: path(RunFile.textReport))
        try AtomicFile.write(
            content.json.serialized(pretty: true) + "\n", to: path(RunFile.jsonReport))
        try AtomicFile.write(content.html, to: path(RunFile.htmlReport))
        switch content.evaluation {
        case .classification(let evaluation):
            try evaluation.confusionMatrix.writeCSV(
                classNames: evaluation.predictions.classNames, to: path(RunFile.confusionMatrix))
            try evaluation.predictions.writeCSV(to: path(RunFile.predictions))
        case .segmentation(let evaluation):
            try evaluation.confusionMatrix.writeCSV(
                classNames: evaluation.predictions.classNames, to: path(RunFile.confusionMatrix))
            try evaluation.predictions.writeCSV(to: path(RunFile.predictions))
        }
    }
}

extension RunReports {
    /// Writes the reports of all tasks: those of the main one into `folder`, those of each other one into
    /// a folder in it that has the task's name.
    public static func write(_ reports: [RunReports], to folder: String) throws(FileError) {
        let places = reports.map { $0.position > 0 ? $0.task : nil }
        for (report, place) in zip(reports, places) {
            let path = place.map { "\(folder)/\($0)" } ?? folder
            if place != nil { try makeFolder(path) }
            let way = place == nil ? [] : [".."]
            try report.adding { content in
                content.otherTasks = zip(reports, places).compactMap { other, place in
                    guard let task = other.task, task != report.task else { return nil }
                    return (task, (way + [place].compactMap { $0 }).joined(separator: "/"))
                }
            }.write(to: path)
        }
    }
}

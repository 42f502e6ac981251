import Support

extension ReportContent {
    /// The report for programs.
    ///
    /// The members of the task come first, its headline at their head. An undefined measure is `null`,
    /// and `undefined` says why. `confusion_matrix` has the true classes as rows.
    public var json: JSONValue {
        func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
        let shared: [(key: String, value: JSONValue)] = [
            ("title", .string(title)), ("model", .string(modelName)), ("data", .string(dataName)),
            ("epochs", epochCount.map(JSONValue.integer) ?? .null),
            ("training_seconds", trainingSeconds.map(JSONValue.number) ?? .null),
            ("peak_memory_bytes", peakMemory.map(JSONValue.integer) ?? .null),
            (
                "seed",
                seed.map { Int(exactly: $0).map(JSONValue.integer) ?? .string("\($0)") } ?? .null
            ),
            ("date", text(date)), ("git", git?.json ?? .null),
            ("reproduce_command", text(reproduceCommand)), ("serve_command", text(serveCommand)),
            ("history", .array(history.map(\.json))),
            ("environment", environment?.json ?? .null), ("configuration", text(configuration)),
            ("notes", .array(notes.map(JSONValue.string))),
        ]
        let task: (key: String, value: JSONValue) = ("task", .string(evaluation.task.rawValue))
        return .object(evaluation.reported.jsonMembers + [task] + shared)
    }
}

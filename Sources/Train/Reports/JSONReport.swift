import Support

extension ReportContent {
    /// The report for programs.
    public var json: JSONValue { .null }
}

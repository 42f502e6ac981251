extension ReportContent {
    /// The report for terminals.
    public var text: String { "" }
}

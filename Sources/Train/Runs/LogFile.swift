import Support

/// The text log of a run, `log.txt`: one write per line, kept across resumptions.
public final class LogFile {
    private let file: AppendFile

    /// Opens or creates the log of `run`.
    public init(_ run: RunDirectory) throws(FileError) {
        file = try AppendFile(path: run.path(of: RunFile.log))
    }

    /// Appends a line.
    public func write(_ line: String) throws(FileError) { try file.appendLine(line) }
}

import Support

/// The measurements of a training run, kept in `history.csv` and `history.jsonl`.
///
/// Each row is appended to both files by one `write` each and synced, so that a kill at any moment
/// leaves whole rows only. The JSON lines are written first and are what a resumed run reads; the
/// table is then rebuilt from them. A run has one history: resuming drops what came after the
/// checkpoint and goes on in the same files, under the same header.
public final class History {
    /// All rows so far, in order.
    public private(set) var rows: [HistoryRow]

    private let folder: String
    private let lines: AppendFile
    private var table: AppendFile
    private var extraColumns: [String]

    /// Starts an empty history in `folder`; throws when one is already there.
    public init(creatingIn folder: String) throws(FileError) {
        self.folder = folder
        lines = try AppendFile(path: folder + "/" + RunFile.historyLines, exclusively: true)
        table = try AppendFile(path: folder + "/" + RunFile.historyTable, exclusively: true)
        rows = []
        extraColumns = []
        try table.appendLine(Self.header(extraColumns: []))
    }

    /// Goes on with the history in `folder` from the checkpoint taken at `epoch` and `step`.
    ///
    /// Rows beyond that point and an unfinished last line are dropped from both files.
    ///
    /// - Throws: `FileError` when there is no history, or naming the line that cannot be read.
    public convenience init(resumingIn folder: String, epoch: Int, step: Int) throws(FileError) {
        let kept = try Self.read(folder: folder).filter { $0.epoch <= epoch && $0.step <= step }
        try self.init(restoring: kept, in: folder)
    }

    /// Goes on in `folder` with the rows that a checkpoint carries, whatever the files hold.
    public init(restoring rows: [HistoryRow], in folder: String) throws(FileError) {
        self.folder = folder
        self.rows = rows
        extraColumns = Self.extraColumns(of: rows)
        let linesPath = folder + "/" + RunFile.historyLines
        try AtomicFile.write(
            rows.map { $0.json.serialized() + "\n" }.joined(), to: linesPath)
        lines = try AppendFile(path: linesPath)
        table = try Self.writeTable(rows, extraColumns: extraColumns, in: folder)
    }

    /// Appends a row to both files.
    ///
    /// Rows come in the order of their steps. A measurement that no earlier row had adds a column.
    public func append(_ row: HistoryRow) throws(FileError) {
        if let last = rows.last, row.epoch < last.epoch || row.step < last.step {
            fatalError(
                "history: epoch \(row.epoch), step \(row.step) comes before epoch \(last.epoch), "
                    + "step \(last.step)")
        }
        try lines.appendLine(row.json.serialized())
        try lines.synchronize()
        rows.append(row)
        let columns = Self.extraColumns(of: [row]).filter { !extraColumns.contains($0) }
        if columns.isEmpty {
            try table.appendLine(csvLine(row.fields(extraColumns: extraColumns)))
            try table.synchronize()
        } else {
            extraColumns += columns
            table = try Self.writeTable(rows, extraColumns: extraColumns, in: folder)
        }
    }

    /// Reads the rows of the run in `folder`, leaving out an unfinished last line.
    public static func read(folder: String) throws(FileError) -> [HistoryRow] {
        let path = folder + "/" + RunFile.historyLines
        guard let bytes = try contents(ofFile: path) else {
            throw FileError(path: path, message: "is missing: this run has no history")
        }
        var rows: [HistoryRow] = []
        var start = 0
        while let end = bytes[start...].firstIndex(of: 0x0A) {
            rows.append(try row(bytes[start..<end], place: "\(path):\(rows.count + 1)"))
            start = end + 1
        }
        return rows
    }

    private static func row(
        _ line: ArraySlice<UInt8>, place: String
    ) throws(FileError) -> HistoryRow {
        let json: JSONValue
        do {
            json = try JSONValue.parse(line)
        } catch {
            throw FileError(
                path: "\(place):\(error.column)", message: "is not JSON: \(error.message)")
        }
        guard let row = HistoryRow(json: json) else {
            throw FileError(
                path: place,
                message: "expected an object with the integers 'epoch' and 'step' and numbers, "
                    + "but found \(json.serialized())")
        }
        return row
    }

    private static func extraColumns(of rows: [HistoryRow]) -> [String] {
        var names: [String] = []
        for row in rows {
            for extra in row.extras where !names.contains(extra.name) { names.append(extra.name) }
        }
        return names
    }

    private static func header(extraColumns: [String]) -> String {
        csvLine(HistoryRow.columnNames + extraColumns)
    }

    private static func writeTable(
        _ rows: [HistoryRow], extraColumns: [String], in folder: String
    ) throws(FileError) -> AppendFile {
        let path = folder + "/" + RunFile.historyTable
        var text = header(extraColumns: extraColumns) + "\n"
        for row in rows { text += csvLine(row.fields(extraColumns: extraColumns)) + "\n" }
        try AtomicFile.write(text, to: path)
        return try AppendFile(path: path)
    }
}

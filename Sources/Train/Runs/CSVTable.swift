import Support

/// A table of comma-separated values with a header, whose columns are found by their names.
struct CSVTable {
    /// The file.
    let path: String
    /// The names of the columns.
    let header: [String]
    /// The records below the header, each with the line it starts on and one field for each column.
    let rows: [(line: Int, fields: [String])]

    /// Reads the predictions of a run.
    init(predictionsAt path: String) throws(FileError) {
        guard let bytes = try contents(ofFile: path) else {
            throw FileError(
                path: path,
                message: "is missing: there are predictions only after a run was measured")
        }
        let records = try csvRecords(bytes, path: path)
        self.path = path
        header = records.first?.fields ?? []
        rows = Array(records.dropFirst())
        guard !header.isEmpty else { throw malformed(1, "is empty") }
    }

    /// The error that something is wrong in a line.
    func malformed(_ line: Int, _ message: String) -> FileError {
        FileError(path: "\(path):\(line)", message: message)
    }

    /// The place of a column.
    func column(_ name: String) throws(FileError) -> Int {
        guard let place = header.firstIndex(of: name) else { throw missing(name) }
        return place
    }

    /// The columns whose names begin with `prefix`: their places, and what follows it in their names.
    func columns(_ prefix: String) throws(FileError) -> (places: [Int], names: [String]) {
        let places = header.indices.filter { header[$0].hasPrefix(prefix) }
        guard !places.isEmpty else { throw missing("\(prefix)<class>") }
        return (places, places.map { String(header[$0].dropFirst(prefix.count)) })
    }

    private func missing(_ column: String) -> FileError {
        malformed(1, "has no column '\(column)'; expected the predictions of a run")
    }

    /// Checks that a record has a field for each column.
    func check(_ row: (line: Int, fields: [String])) throws(FileError) {
        guard row.fields.count == header.count else {
            throw malformed(
                row.line, "expected \(header.count) fields, found \(row.fields.count)")
        }
    }

    /// The index of a sample in a field.
    func index(_ row: (line: Int, fields: [String]), _ place: Int) throws(FileError) -> Int {
        guard let index = Int(row.fields[place]) else {
            throw malformed(row.line, "'\(row.fields[place])' is no index of a sample")
        }
        return index
    }
}

/// The records of comma-separated values (RFC 4180), each with the line it starts on.
private func csvRecords(
    _ bytes: [UInt8], path: String
) throws(FileError) -> [(line: Int, fields: [String])] {
    var table: [(line: Int, fields: [String])] = []
    var fields: [String] = []
    var field: [UInt8] = []
    var (line, start, position) = (1, 1, 0)
    var isQuoted = false
    func endField() {
        fields.append(String(decoding: field, as: UTF8.self))
        field.removeAll(keepingCapacity: true)
    }
    func endRecord() {
        endField()
        table.append((start, fields))
        fields = []
        start = line
    }
    while position < bytes.count {
        let byte = bytes[position]
        position += 1
        if byte == 0x0A { line += 1 }
        switch byte {
        case UInt8(ascii: "\"") where isQuoted:
            if position < bytes.count, bytes[position] == byte {
                field.append(byte)
                position += 1
            } else {
                isQuoted = false
            }
        case UInt8(ascii: "\"") where field.isEmpty: isQuoted = true
        case UInt8(ascii: ",") where !isQuoted: endField()
        case 0x0A where !isQuoted: endRecord()
        case 0x0D where !isQuoted && position < bytes.count && bytes[position] == 0x0A: break
        default: field.append(byte)
        }
    }
    guard !isQuoted else {
        throw FileError(path: "\(path):\(start)", message: "a quotation mark is never closed")
    }
    if !field.isEmpty || !fields.isEmpty { endRecord() }
    return table
}

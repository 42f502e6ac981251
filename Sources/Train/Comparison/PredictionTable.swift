import Support

extension Predictions {
    /// Reads what `writeCSV` wrote. Columns are found by their names, in any order; unknown ones are
    /// left out.
    ///
    /// - Throws: `FileError` naming the line and what is wrong with it.
    public init(csv path: String) throws(FileError) {
        guard let bytes = try contents(ofFile: path) else {
            throw FileError(
                path: path,
                message: "is missing: there are predictions only after a run was measured")
        }
        func malformed(_ line: Int, _ message: String) -> FileError {
            FileError(path: "\(path):\(line)", message: message)
        }
        let table = try csvTable(bytes, path: path)
        guard let header = table.first else { throw malformed(1, "is empty") }
        func column(_ name: String) throws(FileError) -> Int {
            guard let place = header.fields.firstIndex(of: name) else {
                throw malformed(1, "has no column '\(name)'; expected the predictions of a run")
            }
            return place
        }
        let places = (try column("index"), try column("name"), try column("label"))
        let prefix = "probability_"
        let scores = header.fields.indices.filter { header.fields[$0].hasPrefix(prefix) }
        let classNames = scores.map { String(header.fields[$0].dropFirst(prefix.count)) }
        guard !classNames.isEmpty else {
            throw malformed(
                1, "has no column '\(prefix)<class>'; expected the predictions of a run")
        }
        let labelOfClass = Dictionary(zip(classNames, classNames.indices)) { first, _ in first }
        var (labels, names, indices) = ([Int32](), [String](), [Int]())
        var probabilities: [Float] = []
        probabilities.reserveCapacity((table.count - 1) * classNames.count)
        for row in table.dropFirst() {
            guard row.fields.count == header.fields.count else {
                throw malformed(
                    row.line, "expected \(header.fields.count) fields, found \(row.fields.count)")
            }
            guard let index = Int(row.fields[places.0]) else {
                throw malformed(row.line, "'\(row.fields[places.0])' is no index of a sample")
            }
            guard let label = labelOfClass[row.fields[places.2]] else {
                throw malformed(row.line, "'\(row.fields[places.2])' is none of the classes")
            }
            for place in scores {
                guard let probability = Float(row.fields[place]) else {
                    throw malformed(row.line, "'\(row.fields[place])' is no probability")
                }
                probabilities.append(probability)
            }
            indices.append(index)
            names.append(row.fields[places.1])
            labels.append(Int32(label))
        }
        self.init(
            classNames: classNames, labels: labels, probabilities: probabilities,
            sampleNames: names, sampleIndices: indices)
    }
}

/// The records of comma-separated values (RFC 4180), each with the line it starts on.
private func csvTable(
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

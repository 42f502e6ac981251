import Support

/// The hashes of the weights of a run, tensor by tensor, kept in `weights.jsonl`.
///
/// The first line names the tensors; each further line holds the state of the run, the hash of all
/// weights, and the first 16 digits of each tensor's. Lines are appended whole; resuming drops those
/// after the checkpoint.
package final class WeightLog {
    /// One line.
    package struct Row: Sendable, Equatable {
        /// The epochs completed, and the batches done of the one under way.
        package let epoch: Int, batch: Int
        /// The updates made.
        package let step: Int
        /// The hash of all weights.
        package let sha256: String
        /// The first digits of the tensors' hashes, in the order of the names.
        package let tensors: [String]

        /// The names of the tensors, where they are still to be written.
        fileprivate var names: [String] = []

        static let digitCount = 16

        package init(epoch: Int, batch: Int, step: Int, digests: WeightDigests) {
            (self.epoch, self.batch, self.step) = (epoch, batch, step)
            sha256 = digests.sha256
            tensors = digests.entries.map { String($0.sha256.prefix(Self.digitCount)) }
            names = digests.entries.map(\.key)
        }

        init?(json: JSONValue) {
            guard let epoch = json["epoch"]?.integer, let batch = json["batch"]?.integer,
                let step = json["step"]?.integer, let hash = json["sha256"]?.string,
                let tensors = json["tensors"]?.array?.map(\.string), !tensors.contains(nil)
            else { return nil }
            (self.epoch, self.batch, self.step) = (epoch, batch, step)
            sha256 = hash
            self.tensors = tensors.compactMap { $0 }
        }

        var json: JSONValue {
            [
                "epoch": .integer(epoch), "batch": .integer(batch), "step": .integer(step),
                "sha256": .string(sha256), "tensors": .array(tensors.map(JSONValue.string)),
            ]
        }

        package static func == (a: Row, b: Row) -> Bool { a.json == b.json }
    }

    private let file: AppendFile
    private var hasNames: Bool

    /// Goes on in `folder` from the state (`epoch`, `batch`), dropping what came after it; starts the
    /// file where there is none.
    package init(restoringIn folder: String, epoch: Int, batch: Int) throws(FileError) {
        let path = folder + "/" + RunFile.weightHashes
        let (names, rows) = try Self.read(folder: folder)
        let kept = rows.filter { ($0.epoch, $0.batch) <= (epoch, batch) }
        if names.isEmpty {
            try AtomicFile.write("", to: path)
        } else {
            let lines = [Self.header(names)] + kept.map(\.json)
            try AtomicFile.write(lines.map { $0.serialized() + "\n" }.joined(), to: path)
        }
        hasNames = !names.isEmpty
        file = try AppendFile(path: path)
    }

    /// Appends a line.
    package func append(_ row: Row) throws(FileError) {
        if !hasNames { try file.appendLine(Self.header(row.names).serialized()) }
        hasNames = true
        try file.appendLine(row.json.serialized())
    }

    /// Waits until what was appended is on the disk.
    package func synchronize() throws(FileError) { try file.synchronize() }

    /// Reads the names and the lines of the run in `folder`, leaving out an unfinished last line; all
    /// empty where the run has no such file.
    package static func read(folder: String) throws(FileError) -> (names: [String], rows: [Row]) {
        let path = folder + "/" + RunFile.weightHashes
        guard let bytes = try contents(ofFile: path) else { return ([], []) }
        var names: [String] = []
        var rows: [Row] = []
        var number = 0
        var start = 0
        while let end = bytes[start...].firstIndex(of: 0x0A) {
            number += 1
            let json: JSONValue
            do {
                json = try JSONValue.parse(bytes[start..<end])
            } catch {
                throw FileError(
                    path: "\(path):\(number):\(error.column)",
                    message: "is not JSON: \(error.message)")
            }
            if number == 1 {
                names = json["names"]?.array?.compactMap(\.string) ?? []
            } else if let row = Row(json: json), row.tensors.count == names.count {
                rows.append(row)
            } else {
                throw FileError(
                    path: "\(path):\(number)",
                    message: "expected an object with 'epoch', 'batch', 'step', 'sha256' and "
                        + "'tensors', as many as the first line names")
            }
            start = end + 1
        }
        return (names, rows)
    }

    private static func header(_ names: [String]) -> JSONValue {
        ["names": .array(names.map(JSONValue.string))]
    }
}

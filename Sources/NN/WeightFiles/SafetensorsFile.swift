import Support
import Tensor

/// A weight file that is not what it should be: the path, what was expected and what came.
public struct SafetensorsError: Error, Equatable, CustomStringConvertible {
    /// The path as the caller gave it.
    public let path: String
    /// What was expected and what came.
    public let message: String

    /// `path: message`.
    public var description: String { "\(path): \(message)" }
}

/// A file of named arrays in the safetensors format, opened for reading.
///
/// Layout: the length N of the header as 8 little-endian bytes, N bytes of JSON, then the arrays.
/// The header is checked completely when the file is opened (see `SafetensorsHeader`); arrays are
/// read when they are asked for. Nothing in a file can make reading it crash or allocate more than
/// the file is long, a few times over.
public struct SafetensorsFile: Sendable {
    /// One array.
    public struct Entry: Sendable, Equatable {
        /// The name.
        public let name: String
        /// The type of the elements.
        public let elementType: StoredType
        /// The extents, outermost first; empty for a scalar.
        public let shape: [Int]
        /// Where the elements are, in bytes from the end of the header.
        public let range: Range<Int>
    }

    /// The path, or the name of the bytes.
    public let path: String
    /// The texts under `__metadata__`, in the order of the file.
    public let metadata: [(key: String, value: String)]
    /// The arrays, in the order of the header.
    public let entries: [Entry]

    private let source: ByteSource
    private let dataOffset: Int
    private let positions: [String: Int]

    /// Opens the file at `path` and checks its header.
    ///
    /// - Throws: `SafetensorsError` when it cannot be read or is malformed.
    public init(path: String) throws(SafetensorsError) {
        try self.init(source: try ByteSource(path: path), path: path)
    }

    /// Checks the header of a file that is already in memory; `name` is for errors.
    ///
    /// - Throws: `SafetensorsError` when it is malformed.
    public init(bytes: [UInt8], name: String) throws(SafetensorsError) {
        try self.init(source: ByteSource(bytes), path: name)
    }

    private init(source: ByteSource, path: String) throws(SafetensorsError) {
        func malformed(_ message: String) -> SafetensorsError {
            SafetensorsError(path: path, message: message)
        }
        guard source.count >= 8 else {
            throw malformed(
                """
                is not a safetensors file: \(source.count) bytes, but the header's length alone \
                is 8
                """
            )
        }
        let prefix = try source.read(0..<8, path: path)
        let length = prefix.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= SafetensorsHeader.maximumLength else {
            throw malformed(
                """
                is not a safetensors file: its first 8 bytes give a header of \(length) bytes, \
                more than the limit of \(SafetensorsHeader.maximumLength)
                """)
        }
        let headerEnd = 8 + Int(length)
        guard headerEnd <= source.count else {
            throw malformed(
                """
                is cut short: a header of \(length) bytes is announced, but the file has \
                \(source.count) bytes
                """)
        }
        let text = try source.read(8..<headerEnd, path: path)
        let header: SafetensorsHeader
        do {
            header = try SafetensorsHeader(parsing: text, dataCount: source.count - headerEnd)
        } catch {
            throw malformed(error.message)
        }
        self.path = path
        self.source = source
        dataOffset = headerEnd
        metadata = header.metadata
        entries = header.entries
        positions = Dictionary(
            uniqueKeysWithValues: header.entries.enumerated().map { ($1.name, $0) })
    }

    /// The array called `name`.
    public subscript(name: String) -> StateEntry? { positions[name].map { state(entries[$0]) } }

    /// The text called `key` under `__metadata__`.
    public func metadata(_ key: String) -> String? {
        metadata.first { $0.key == key }?.value
    }

    /// All arrays with their names, in the order of the header, not read yet.
    public func stateDict() -> [(key: String, entry: StateEntry)] {
        entries.map { ($0.name, state($0)) }
    }

    private func state(_ entry: Entry) -> StateEntry {
        StateEntry(
            shape: entry.shape, elementType: entry.elementType, content: .stored(self, entry))
    }

    func bytes(_ entry: Entry) throws(SafetensorsError) -> [UInt8] {
        try source.read(
            dataOffset + entry.range.lowerBound..<dataOffset + entry.range.upperBound, path: path)
    }

    func floats(_ entry: Entry) throws(SafetensorsError) -> [Float] {
        let stored = try bytes(entry)
        return stored.withUnsafeBytes { entry.elementType.floats(of: $0) }
    }

    func integers(_ entry: Entry) throws(SafetensorsError) -> [Int64] {
        let stored = try bytes(entry)
        guard let integers = stored.withUnsafeBytes({ entry.elementType.integers(of: $0) }) else {
            throw SafetensorsError(
                path: path,
                message:
                    "'\(entry.name)' has type \(entry.elementType.rawValue); integers are needed"
            )
        }
        return integers
    }
}

import Glibc
import Support
import Tensor

extension SafetensorsFile {
    /// Writes `entries` to a file, in the reference implementation's order: by element type, the
    /// widest first, then by name.
    ///
    /// Arrays go to the file one at a time, so writing needs room for the largest only. The file
    /// appears when it is complete (`AtomicFile`).
    ///
    /// - Parameters:
    ///   - entries: Names and arrays of type F32, I64 or U8, or arrays of another file as they are.
    ///   - metadata: Texts for `__metadata__`. Readers in Python expect `format` to be `pt`.
    ///   - path: Where to.
    /// - Throws: `SafetensorsError` for names that repeat or are reserved, or when writing fails.
    public static func write(
        _ entries: [(key: String, entry: StateEntry)],
        metadata: [(key: String, value: String)] = [], to path: String
    ) throws(SafetensorsError) {
        let layout = try Layout(entries, metadata, path: path)
        var problem: SafetensorsError?
        do throws(FileError) {
            try AtomicFile.write(to: path) { descriptor in
                let status = layout.header.withUnsafeBytes {
                    FileDescriptor.writeAll($0, to: descriptor)
                }
                guard status == 0 else { return status }
                for (_, entry) in layout.entries {
                    do throws(SafetensorsError) {
                        let bytes = try entry.bytes()
                        let status = bytes.withUnsafeBytes {
                            FileDescriptor.writeAll($0, to: descriptor)
                        }
                        guard status == 0 else { return status }
                    } catch {
                        problem = error
                        return EIO
                    }
                }
                return 0
            }
        } catch {
            throw problem ?? SafetensorsError(path: path, message: error.message)
        }
    }

    /// The bytes that `write` would put into a file.
    ///
    /// - Throws: `SafetensorsError` for names that repeat or are reserved.
    public static func serialized(
        _ entries: [(key: String, entry: StateEntry)],
        metadata: [(key: String, value: String)] = [], name: String = "state"
    ) throws(SafetensorsError) -> [UInt8] {
        let layout = try Layout(entries, metadata, path: name)
        var bytes = layout.header
        for (_, entry) in layout.entries { bytes += try entry.bytes() }
        return bytes
    }

    /// The order of the arrays and the header that describes it.
    private struct Layout {
        let entries: [(key: String, entry: StateEntry)]
        let header: [UInt8]

        init(
            _ unordered: [(key: String, entry: StateEntry)],
            _ metadata: [(key: String, value: String)], path: String
        ) throws(SafetensorsError) {
            var members: [(key: String, value: JSONValue)] = []
            if !metadata.isEmpty {
                try refuseRepeated(metadata.map(\.key), "metadata key", path)
                members.append(
                    (metadataKey, .object(metadata.map { ($0.key, .string($0.value)) })))
            }
            try refuseRepeated(unordered.map(\.key), "name", path)
            entries = unordered.sorted { a, b in
                if a.entry.elementType != b.entry.elementType {
                    return a.entry.elementType.rank > b.entry.elementType.rank
                }
                return a.key.utf8.lexicographicallyPrecedes(b.key.utf8)
            }
            var offset = 0
            for (key, entry) in entries {
                let end = offset + entry.count * entry.elementType.byteCount
                members.append(
                    (
                        key,
                        [
                            "dtype": .string(entry.elementType.rawValue),
                            "shape": .array(entry.shape.map { .integer($0) }),
                            "data_offsets": [.integer(offset), .integer(end)],
                        ]
                    ))
                offset = end
            }
            var text = Array(JSONValue.object(members).serialized().utf8)
            // Spaces, so that the data start at a multiple of 8.
            text += repeatElement(UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
            guard text.count <= SafetensorsHeader.maximumLength else {
                throw SafetensorsError(
                    path: path,
                    message: """
                        cannot be written: the header would have \(text.count) bytes, more than \
                        the limit of \(SafetensorsHeader.maximumLength)
                        """)
            }
            let length = UInt64(text.count)
            header = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) } + text
        }
    }
}

private func refuseRepeated(
    _ names: [String], _ what: String, _ path: String
) throws(SafetensorsError) {
    var seen: Set<String> = [metadataKey]
    if let name = names.first(where: { !seen.insert($0).inserted }) {
        let reason = name == metadataKey ? "is reserved" : "appears twice"
        throw SafetensorsError(
            path: path, message: "cannot be written: \(what) '\(name)' \(reason)")
    }
}

extension StoredType {
    /// The reference implementation's order of types.
    fileprivate var rank: Int { StoredType.allCases.firstIndex(of: self)! }
}

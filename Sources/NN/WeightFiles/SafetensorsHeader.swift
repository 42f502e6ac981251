import Support

/// The checked header of a safetensors file.
///
/// Checked are: JSON of objects only as deep as the format needs, no key twice, `__metadata__` from
/// text to text, known element types, extents that are not negative and whose product times the
/// element's size neither overflows nor differs from the bytes given, and arrays that cover the
/// data without gap, overlap or rest.
struct SafetensorsHeader {
    /// What is wrong with a header.
    struct Problem: Error { let message: String }

    /// The longest header, in bytes; the reference implementation's limit.
    static let maximumLength = 100_000_000

    private(set) var metadata: [(key: String, value: String)] = []
    private(set) var entries: [SafetensorsFile.Entry] = []

    init(parsing text: [UInt8], dataCount: Int) throws(Problem) {
        guard text.first == UInt8(ascii: "{") else {
            let start = text.first.map { "byte 0x\(String($0, radix: 16))" } ?? "nothing"
            throw Problem(message: "the header must start with '{', but starts with \(start)")
        }
        let document: JSONValue
        do {
            // Entry, then its shape: two levels below the top.
            document = try JSONValue.parse(text, maximumDepth: 3)
        } catch {
            throw Problem(message: "the header is not JSON: \(error)")
        }
        for (name, value) in document.members ?? [] {
            if name == metadataKey {
                metadata = try SafetensorsHeader.metadata(value)
            } else {
                entries.append(try SafetensorsHeader.entry(name, value))
            }
        }
        try SafetensorsHeader.checkCoverage(entries, dataCount: dataCount)
    }

    private static func metadata(
        _ value: JSONValue
    ) throws(Problem) -> [(key: String, value: String)] {
        guard let members = value.members else {
            throw Problem(message: "'\(metadataKey)' must be an object of texts")
        }
        var texts: [(key: String, value: String)] = []
        for (key, value) in members {
            guard let text = value.string else {
                throw Problem(message: "'\(metadataKey)' value of '\(key)' is not a text")
            }
            texts.append((key, text))
        }
        return texts
    }

    private static func entry(
        _ name: String, _ value: JSONValue
    ) throws(Problem) -> SafetensorsFile.Entry {
        guard value.members != nil else {
            throw Problem(message: "entry '\(name)' is not an object")
        }
        guard let typeName = value["dtype"]?.string else {
            throw Problem(message: "entry '\(name)' has no text 'dtype'")
        }
        guard let elementType = StoredType(rawValue: typeName) else {
            let known = StoredType.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(
                message: "entry '\(name)' has dtype '\(typeName)'; supported are \(known)")
        }
        guard let shape = naturalNumbers(value["shape"]) else {
            throw Problem(message: "entry '\(name)' has no 'shape' of integers from 0")
        }
        guard let offsets = naturalNumbers(value["data_offsets"]), offsets.count == 2 else {
            throw Problem(message: "entry '\(name)' has no 'data_offsets' of two integers from 0")
        }
        guard offsets[0] <= offsets[1] else {
            throw Problem(
                message:
                    "entry '\(name)' ends at byte \(offsets[1]), before it starts at \(offsets[0])")
        }
        guard let size = byteCount(shape, elementType) else {
            throw Problem(message: "entry '\(name)' of shape \(shape) has too many bytes to count")
        }
        guard size == offsets[1] - offsets[0] else {
            throw Problem(
                message: """
                    entry '\(name)' of shape \(shape) and dtype \(typeName) takes \(size) \
                    bytes, but its offsets span \(offsets[1] - offsets[0])
                    """)
        }
        return SafetensorsFile.Entry(
            name: name, elementType: elementType, shape: shape, range: offsets[0]..<offsets[1])
    }

    private static func naturalNumbers(_ value: JSONValue?) -> [Int]? {
        guard let elements = value?.array else { return nil }
        let numbers = elements.compactMap(\.integer)
        return numbers.count == elements.count && numbers.allSatisfy { $0 >= 0 } ? numbers : nil
    }

    private static func byteCount(_ shape: [Int], _ elementType: StoredType) -> Int? {
        // All products are formed, also behind a zero: whoever multiplies the extents in another
        // order must not overflow either.
        var size = elementType.byteCount
        for extent in shape where extent != 0 {
            let (product, overflow) = size.multipliedReportingOverflow(by: extent)
            if overflow { return nil }
            size = product
        }
        return shape.contains(0) ? 0 : size
    }

    private static func checkCoverage(
        _ entries: [SafetensorsFile.Entry], dataCount: Int
    ) throws(Problem) {
        let sorted = entries.sorted {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }
        var end = 0
        for entry in sorted {
            guard entry.range.lowerBound == end else {
                let what = entry.range.lowerBound > end ? "leaves a gap" : "overlaps another"
                throw Problem(
                    message: """
                        entry '\(entry.name)' \(what): it starts at byte \
                        \(entry.range.lowerBound), expected \(end)
                        """)
            }
            guard entry.range.upperBound <= dataCount else {
                throw Problem(
                    message: """
                        is cut short: entry '\(entry.name)' ends at byte \
                        \(entry.range.upperBound) of the data, which has \(dataCount)
                        """)
            }
            end = entry.range.upperBound
        }
        guard end == dataCount else {
            throw Problem(
                message: "\(dataCount - end) bytes follow the last array, which ends at byte \(end)"
            )
        }
    }
}

let metadataKey = "__metadata__"

/// The fields of an `application/x-www-form-urlencoded` body (WHATWG URL, section 5.1).
enum FormFields {
    /// Name and value of each field; nil when a percent sign is not followed by two hex digits.
    static func parse(_ body: [UInt8]) -> [(name: String, value: String)]? {
        var fields: [(name: String, value: String)] = []
        for pair in body.split(separator: UInt8(ascii: "&")) {
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            guard let name = decoded(pair[..<equals]),
                let value = decoded(pair[equals...].dropFirst())
            else { return nil }
            fields.append((name, value))
        }
        return fields
    }

    private static func decoded(_ bytes: ArraySlice<UInt8>) -> String? {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var position = bytes.startIndex
        while position < bytes.endIndex {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "%") {
                guard position + 1 < bytes.endIndex,
                    let high = hexadecimal(bytes[position]),
                    let low = hexadecimal(bytes[position + 1])
                else { return nil }
                result.append(high << 4 | low)
                position += 2
            } else {
                result.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        Character(Unicode.Scalar(byte)).hexDigitValue.map(UInt8.init)
    }
}

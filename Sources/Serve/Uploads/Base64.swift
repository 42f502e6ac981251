/// Base64 in the forms that clients send (RFC 4648, sections 4 and 5).
package enum Base64 {
    /// Why a text is not Base64; the text is for the client.
    package struct DecodingError: Error, Equatable {
        /// What is wrong, and where.
        package let message: String
    }

    /// The bytes that `text` stands for.
    ///
    /// Accepts a `data:…;base64,` prefix, both alphabets, line breaks, and missing padding.
    package static func decode(_ text: String) throws(DecodingError) -> [UInt8] {
        var characters = Array(text.utf8)[...]
        if characters.starts(with: "data:".utf8) {
            guard let comma = characters.firstIndex(of: UInt8(ascii: ",")) else {
                throw DecodingError(message: "a data: prefix without ','")
            }
            let header = String(decoding: characters[..<comma], as: UTF8.self)
            guard header.lowercased().hasSuffix(";base64") else {
                throw DecodingError(message: "a data: prefix that does not end in ';base64,'")
            }
            characters = characters[(comma + 1)...]
        }
        return try decode(characters)
    }

    private static func decode(_ characters: ArraySlice<UInt8>) throws(DecodingError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(characters.count / 4 * 3 + 2)
        var bits: UInt32 = 0
        var symbolCount = 0
        var paddingCount = 0
        for (position, character) in characters.enumerated() {
            switch character {
            case 0x0A, 0x0D, 0x09, 0x20: continue
            case UInt8(ascii: "="):
                paddingCount += 1
                continue
            default: break
            }
            let symbol = values[Int(character)]
            guard symbol < 64, paddingCount == 0 else {
                let shown = Unicode.Scalar(character).escaped(asASCII: true)
                throw DecodingError(
                    message: "unexpected character '\(shown)' at position \(position)")
            }
            bits = bits << 6 | UInt32(symbol)
            symbolCount += 1
            if symbolCount % 4 == 0 {
                bytes.append(UInt8(truncatingIfNeeded: bits >> 16))
                bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
                bytes.append(UInt8(truncatingIfNeeded: bits))
            }
        }
        switch symbolCount % 4 {
        case 0: break
        case 2: bytes.append(UInt8(truncatingIfNeeded: bits >> 4))
        case 3:
            bytes.append(UInt8(truncatingIfNeeded: bits >> 10))
            bytes.append(UInt8(truncatingIfNeeded: bits >> 2))
        default: throw DecodingError(message: "the text is cut off")
        }
        guard paddingCount == 0 || (symbolCount + paddingCount) % 4 == 0, paddingCount < 3 else {
            throw DecodingError(message: "wrong padding at the end")
        }
        return bytes
    }

    /// The six bits of each symbol; 255 for anything else.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        let symbols = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for (value, symbol) in symbols.utf8.enumerated() { values[Int(symbol)] = UInt8(value) }
        values[Int(UInt8(ascii: "-"))] = 62
        values[Int(UInt8(ascii: "_"))] = 63
        return values
    }()
}

/// A header value of the form `value; name=token; name="quoted text"` (RFC 9110, section 5.6.6).
///
/// The value and the parameter names are lower-cased; of a repeated parameter the first counts.
struct HeaderParameters: Equatable {
    let value: String
    private(set) var parameters: [String: String] = [:]

    subscript(name: String) -> String? { parameters[name] }

    init(_ text: String) {
        var reader = Substring(text)
        value = String(reader.prefix { $0 != ";" }).trimmed.lowercased()
        reader = reader.drop { $0 != ";" }
        while reader.first == ";" {
            reader = reader.dropFirst().drop { $0 == " " || $0 == "\t" }
            let name = String(reader.prefix { $0 != "=" && $0 != ";" }).trimmed.lowercased()
            reader = reader.drop { $0 != "=" && $0 != ";" }
            guard reader.first == "=" else { continue }
            reader = reader.dropFirst()
            let content = HeaderParameters.takeContent(from: &reader)
            if !name.isEmpty, parameters[name] == nil { parameters[name] = content }
        }
    }

    /// Takes a token or a quoted string, and leaves `reader` at the next `;` or at the end.
    private static func takeContent(from reader: inout Substring) -> String {
        reader = reader.drop { $0 == " " || $0 == "\t" }
        guard reader.first == "\"" else {
            let token = String(reader.prefix { $0 != ";" }).trimmed
            reader = reader.drop { $0 != ";" }
            return token
        }
        reader = reader.dropFirst()
        var content = ""
        while let character = reader.popFirst(), character != "\"" {
            // Browsers leave the backslashes of a path alone, so only \" and \\ are escapes.
            if character == "\\", let next = reader.first, next == "\"" || next == "\\" {
                content.append(next)
                reader = reader.dropFirst()
            } else {
                content.append(character)
            }
        }
        reader = reader.drop { $0 != ";" }
        return content
    }
}

extension String {
    /// Without spaces and tabs at both ends.
    var trimmed: String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }
}

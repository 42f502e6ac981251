/// The shortest safe spelling of `text` as a YAML scalar that is text.
///
/// Plain where nothing can be misread, also not by readers of YAML 1.1 (`yes`, `1:30`, dates).
func yamlScalar(_ text: String) -> String {
    let bytes = Array(text.utf8)
    let isWord = bytes.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x2F, 0x5F: true
        default: false
        }
    }
    let reserved: Set<String> = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]
    guard isWord, let first = bytes.first,
        first != 0x2D && first != 0x2E && !(0x30...0x39).contains(first)
            || text.hasPrefix("./") || text.hasPrefix("../"),
        !reserved.contains(text.lowercased())
    else { return yamlQuoted(text) }
    return text
}

/// `text` in double quotes, with escapes for what YAML does not allow or people cannot see.
func yamlQuoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\t": result += "\\t"
        case "\r": result += "\\r"
        default:
            switch scalar.value {
            case 0..<0x20, 0x7F...0xA0: result += "\\x" + hexadecimal(scalar.value, digits: 2)
            case 0x2000...0x200F, 0x2028...0x202F, 0xFEFF, 0xFFFE...0xFFFF:
                result += "\\u" + hexadecimal(scalar.value, digits: 4)
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
    return result + "\""
}

private func hexadecimal(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: digits - text.count) + text
}

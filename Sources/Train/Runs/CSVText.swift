/// One line of comma-separated values (RFC 4180), without its line break.
///
/// A field with a comma, a quotation mark or a line break, or with spaces at an end, is quoted.
package func csvLine(_ fields: [String]) -> String {
    fields.map(csvField).joined(separator: ",")
}

private func csvField(_ text: String) -> String {
    let needsQuotes = text.utf8.contains { byte in
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == 0x0A || byte == 0x0D
    }
    guard needsQuotes || text.first == " " || text.last == " " else { return text }
    var quoted = "\""
    for scalar in text.unicodeScalars {
        if scalar == "\"" { quoted += "\"\"" } else { quoted.unicodeScalars.append(scalar) }
    }
    return quoted + "\""
}

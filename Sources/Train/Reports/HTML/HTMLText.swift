import FoundationEssentials

/// `text` for an HTML element or a quoted attribute. Class names, paths and configurations are a
/// user's data: nothing of theirs reaches a page by another way.
func escaped(_ text: String) -> String {
    var output = ""
    output.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": output += "&amp;"
        case "<": output += "&lt;"
        case ">": output += "&gt;"
        case "\"": output += "&quot;"
        case "'": output += "&#39;"
        // Control characters are not allowed in HTML, not even as references.
        case "\u{0}"..."\u{8}", "\u{B}", "\u{C}", "\u{E}"..."\u{1F}", "\u{7F}": output += "\u{FFFD}"
        default: output.unicodeScalars.append(scalar)
        }
    }
    return output
}

/// `text` cut to `count` characters, an ellipsis at the cut.
func shortened(_ text: String, to count: Int) -> String {
    text.count <= count ? text : text.prefix(count - 1) + "…"
}

/// A `data:` address with the bytes of a PNG file.
func pngAddress(_ png: [UInt8]) -> String {
    "data:image/png;base64," + Data(png).base64EncodedString()
}

/// The width in the header of a PNG file; nil when it is none.
func pngWidth(_ png: [UInt8]) -> Int? {
    guard png.count > 24, png.starts(with: [0x89, 0x50, 0x4E, 0x47]) else { return nil }
    return png[16..<20].reduce(0) { $0 << 8 | Int($1) }
}

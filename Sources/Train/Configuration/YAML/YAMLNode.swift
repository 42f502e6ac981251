/// A value in a YAML file, with the place where it stands.
package struct YAMLNode: Sendable {
    /// The three kinds of YAML nodes.
    package indirect enum Content: Sendable {
        /// Text as written, without its quotes.
        case scalar(String, isQuoted: Bool)
        case sequence([YAMLNode])
        case mapping([Entry])
    }

    /// A key with its value.
    package struct Entry: Sendable {
        package let key: String
        /// Where the key stands.
        package let origin: ValueOrigin
        package var value: YAMLNode

        package init(key: String, origin: ValueOrigin, value: YAMLNode) {
            self.key = key
            self.origin = origin
            self.value = value
        }
    }

    package var content: Content
    package var origin: ValueOrigin

    package init(content: Content, origin: ValueOrigin) {
        self.content = content
        self.origin = origin
    }

    /// The scalar's typed value; nil for sequences and mappings.
    package var scalar: YAMLScalar? {
        guard case .scalar(let text, let isQuoted) = content else { return nil }
        return isQuoted ? .text(text) : YAMLScalar(plain: text)
    }

    /// The text of a scalar, quoted or not.
    package var plainText: String? {
        guard case .scalar(let text, _) = content else { return nil }
        return text
    }

    package var isNull: Bool { scalar == .null }

    /// What came, for error messages: `the number 5`, `the text "a"`, `a list`.
    package var summary: String {
        switch content {
        case .sequence(let nodes):
            let text = "[" + nodes.map { $0.plainText ?? "…" }.joined(separator: ", ") + "]"
            return text.count > 60 ? "a list of \(nodes.count)" : "the list \(text)"
        case .mapping: return "a group of keys"
        case .scalar(let text, _):
            let short = text.count > 60 ? text.prefix(57) + "..." : Substring(text)
            switch scalar {
            case .null: return text.isEmpty ? "missing" : "null"
            case .boolean, .integer, .number: return String(short)
            default: return "the text " + yamlQuoted(String(short))
            }
        }
    }
}

/// What a plain scalar means: the YAML core schema without its odder spellings.
///
/// Only `true` and `false` are booleans; numbers are decimal and may group digits with `_`.
package enum YAMLScalar: Sendable, Equatable {
    case null
    case boolean(Bool)
    case integer(Int128)
    case number(Double)
    case text(String)

    /// Types text that stood without quotes.
    package init(plain text: String) {
        switch text {
        case "", "~", "null", "Null", "NULL": self = .null
        case "true": self = .boolean(true)
        case "false": self = .boolean(false)
        case ".inf", "+.inf", ".Inf", "+.Inf": self = .number(.infinity)
        case "-.inf", "-.Inf": self = .number(-.infinity)
        case ".nan", ".NaN": self = .number(.nan)
        default: self = Self.number(text) ?? .text(text)
        }
    }

    package var isNumber: Bool { asDouble != nil }

    package var asDouble: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// `[-+]? digits [. digits] [e [-+] digits]`, where digits may be grouped by single `_`.
    private static func number(_ text: String) -> YAMLScalar? {
        var bytes = Array(text.utf8)[...]
        var clean = ""
        func takeDigits() -> Int? {
            var count = 0
            var afterUnderscore = false
            while let byte = bytes.first {
                if byte >= 0x30, byte <= 0x39 {
                    clean.unicodeScalars.append(Unicode.Scalar(byte))
                    count += 1
                    afterUnderscore = false
                } else if byte == 0x5F, count > 0, !afterUnderscore {
                    afterUnderscore = true
                } else {
                    break
                }
                bytes.removeFirst()
            }
            return afterUnderscore ? nil : count
        }
        func take(_ characters: String) -> Bool {
            guard let byte = bytes.first, characters.utf8.contains(byte) else { return false }
            clean.unicodeScalars.append(Unicode.Scalar(byte))
            bytes.removeFirst()
            return true
        }
        _ = take("+-")
        guard let whole = takeDigits() else { return nil }
        if whole > 0, bytes.isEmpty, let value = Int128(clean) { return .integer(value) }
        var fraction = 0
        if take(".") {
            guard let count = takeDigits() else { return nil }
            fraction = count
            if count == 0 { clean += "0" }
        }
        guard whole + fraction > 0 else { return nil }
        if take("eE") {
            _ = take("+-")
            guard let exponent = takeDigits(), exponent > 0 else { return nil }
        }
        guard bytes.isEmpty, let value = Double(clean) else { return nil }
        return .number(value)
    }
}

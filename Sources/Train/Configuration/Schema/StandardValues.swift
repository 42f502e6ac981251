import Support

extension Bool: ConfigurationValue {
    package static var kind: String { "true or false" }

    package init(from node: YAMLNode) throws(ValueProblem) {
        if case .boolean(let value) = node.scalar {
            self = value
            return
        }
        var hint: String?
        if let text = node.plainText {
            switch text.lowercased() {
            case "yes", "on", "y", "true": hint = "write true"
            case "no", "off", "n", "false": hint = "write false"
            default: break
            }
        }
        throw ValueProblem(node, expected: Self.kind, hint: hint)
    }

    package var yamlText: String { self ? "true" : "false" }
}

extension Int: ConfigurationValue {
    package static var kind: String { "a whole number" }

    package init(from node: YAMLNode) throws(ValueProblem) {
        switch node.scalar {
        case .integer(let value):
            if let value = Int(exactly: value) {
                self = value
                return
            }
        // `1e5` is a usual way to write a number of steps; `5.0` is more likely a mistake.
        case .number(let value) where node.plainText?.contains(".") == false:
            if abs(value) < 1e15, let value = Int(exactly: value) {
                self = value
                return
            }
        default: break
        }
        throw ValueProblem(node, expected: Self.kind, hint: node.numberHint)
    }

    package var yamlText: String { String(self) }
}

extension UInt64: ConfigurationValue {
    package static var kind: String { "a whole number from 0 to 18446744073709551615" }

    package init(from node: YAMLNode) throws(ValueProblem) {
        guard case .integer(let value) = node.scalar, let value = UInt64(exactly: value) else {
            throw ValueProblem(node, expected: Self.kind, hint: node.numberHint)
        }
        self = value
    }

    package var yamlText: String { String(self) }
}

extension Double: ConfigurationValue {
    package static var kind: String { "a number" }

    package init(from node: YAMLNode) throws(ValueProblem) {
        switch node.scalar {
        case .integer(let value): self = Double(value)
        case .number(let value) where value.isFinite: self = value
        case .number:
            throw ValueProblem(node, expected: "a finite number")
        default: throw ValueProblem(node, expected: Self.kind, hint: node.numberHint)
        }
    }

    /// The shortest text that reads back as the same number, `5` instead of `5.0`.
    package var yamlText: String {
        if self == rounded(), abs(self) < 1e15, !(self == 0 && sign == .minus) {
            return String(Int(self))
        }
        return description
    }
}

extension String: ConfigurationValue {
    package static var kind: String { "text" }

    package init(from node: YAMLNode) throws(ValueProblem) {
        guard case .text(let value) = node.scalar else {
            var hint: String?
            if case .scalar(let text, _) = node.content, !node.isNull {
                hint = "put it in quotes: \"\(text)\""
            }
            throw ValueProblem(node, expected: Self.kind, hint: hint)
        }
        guard !value.utf8.contains(0) else {
            throw ValueProblem(node, expected: "text without the NUL character")
        }
        self = value
    }

    package var yamlText: String { yamlScalar(self) }
}

extension Array: ConfigurationValue where Element: ConfigurationValue {
    package static var kind: String { "a list, each \(Element.kind)" }

    package init(from node: YAMLNode) throws(ValueProblem) {
        guard case .sequence(let nodes) = node.content else {
            throw ValueProblem(node, expected: Self.kind, hint: "lists look like [1, 2]")
        }
        var elements: [Element] = []
        for node in nodes { elements.append(try Element(from: node)) }
        self = elements
    }

    package var yamlText: String {
        "[" + map(\.yamlText).joined(separator: ", ") + "]"
    }
}

extension YAMLNode {
    /// Advice for text that stands where a number should.
    fileprivate var numberHint: String? {
        guard case .scalar(let text, let isQuoted) = content else { return nil }
        if isQuoted, YAMLScalar(plain: text).isNumber { return "remove the quotes" }
        if text.contains(","), YAMLScalar(plain: text.filter { $0 != "," }).isNumber {
            return "group digits with '_' and write the decimal point as '.'"
        }
        return nil
    }
}

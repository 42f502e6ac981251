extension JSONValue {
    /// The document as text.
    ///
    /// Numbers use the shortest form that reads back to the same `Double`. `pretty` puts each member
    /// on its own line, indented by two spaces; arrays of plain numbers stay on one line.
    public func serialized(pretty: Bool = false) -> String {
        var output = ""
        write(into: &output, indentation: pretty ? 0 : nil)
        return output
    }

    private func write(into output: inout String, indentation: Int?) {
        switch self {
        case .null: output += "null"
        case .bool(let value): output += value ? "true" : "false"
        case .integer(let value): output += String(value)
        case .number(let value): output += JSONValue.text(of: value)
        case .string(let text): JSONValue.write(text, into: &output)
        case .array(let elements):
            let isFlat = elements.allSatisfy(\.isScalar)
            JSONValue.writeList(
                elements, brackets: ("[", "]"), into: &output,
                indentation: isFlat ? nil : indentation, spaced: indentation != nil
            ) { element, output, indentation in
                element.write(into: &output, indentation: indentation)
            }
        case .object(let members):
            JSONValue.writeList(
                members, brackets: ("{", "}"), into: &output, indentation: indentation,
                spaced: indentation != nil
            ) { member, output, indentation in
                JSONValue.write(member.key, into: &output)
                output += indentation == nil ? ":" : ": "
                member.value.write(into: &output, indentation: indentation)
            }
        }
    }

    private var isScalar: Bool {
        switch self {
        case .array, .object: false
        default: true
        }
    }

    private static func writeList<Element>(
        _ elements: [Element], brackets: (String, String), into output: inout String,
        indentation: Int?, spaced: Bool,
        _ writeElement: (Element, inout String, Int?) -> Void
    ) {
        output += brackets.0
        for (position, element) in elements.enumerated() {
            if position > 0 { output += indentation == nil && spaced ? ", " : "," }
            if let indentation {
                output += "\n" + String(repeating: " ", count: indentation + 2)
            }
            writeElement(element, &output, indentation.map { $0 + 2 })
        }
        if let indentation, !elements.isEmpty {
            output += "\n" + String(repeating: " ", count: indentation)
        }
        output += brackets.1
    }

    private static func text(of value: Double) -> String {
        guard value.isFinite else { return "null" }
        return "\(value)"
    }

    private static func write(_ text: String, into output: inout String) {
        output += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\r": output += "\\r"
            case "\t": output += "\\t"
            case "\u{0}"..."\u{1F}", "\u{7F}":
                let digits = String(scalar.value, radix: 16)
                output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: output.unicodeScalars.append(scalar)
            }
        }
        output += "\""
    }
}

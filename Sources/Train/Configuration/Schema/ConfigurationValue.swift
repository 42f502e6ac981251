import Support

/// A type that a configuration key can have: how it is read, printed and named.
package protocol ConfigurationValue: Sendable, Equatable {
    /// Completes "expects …" and is listed in the reference: `a whole number`.
    static var kind: String { get }
    /// Reads the value, or says what was expected instead.
    init(from node: YAMLNode) throws(ValueProblem)
    /// The value as YAML on one line; reading it back gives the same value.
    var yamlText: String { get }
}

/// Why a node is not a value of the wanted type.
package struct ValueProblem: Error {
    /// The node to point at: the value itself or an element of it.
    let node: YAMLNode
    /// Completes "expects …".
    let expected: String
    /// What to do, put after a semicolon.
    let hint: String?
    /// Replaces the whole sentence where "expects …, but" would read badly.
    let message: String?

    init(_ node: YAMLNode, expected: String, hint: String? = nil, message: String? = nil) {
        self.node = node
        self.expected = expected
        self.hint = hint
        self.message = message
    }

    /// The sentence about the key at `path`.
    func sentence(path: String) -> String {
        if let message { return "'\(path)' \(message)" }
        let text = "'\(path)' expects \(expected), but the value is \(node.summary)"
        return hint.map { "\(text); \($0)" } ?? text
    }
}

/// A closed set of names, written in the file as the raw value.
package protocol ConfigurationChoice:
    ConfigurationValue, CaseIterable, RawRepresentable
where RawValue == String {
    /// Names that are known but cannot be had, with the reason.
    static var unavailable: [String: String] { get }
}

extension ConfigurationChoice {
    package static var unavailable: [String: String] { [:] }

    package static var kind: String {
        "one of " + allCases.map(\.rawValue).joined(separator: ", ")
    }

    package init(from node: YAMLNode) throws(ValueProblem) {
        let names = Self.allCases.map(\.rawValue)
        // A choice named `none` is as good as text: no core type is spelled like one of ours.
        guard case .scalar(let text, _) = node.content else {
            throw ValueProblem(node, expected: Self.kind)
        }
        if let value = Self(rawValue: text) {
            self = value
            return
        }
        if let reason = Self.unavailable[text] {
            throw ValueProblem(
                node, expected: Self.kind,
                message: "is \(text), which \(reason); it accepts: "
                    + names.joined(separator: ", "))
        }
        let suggestion = closestMatch(to: text, in: names)
        throw ValueProblem(
            node, expected: Self.kind, hint: suggestion.map { "did you mean '\($0)'?" })
    }

    package var yamlText: String { rawValue }
}

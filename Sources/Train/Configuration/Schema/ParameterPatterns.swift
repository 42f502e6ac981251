/// Parts of a model by name: stages, modules, parameters, or patterns of keys with `*`.
///
/// `ModelOutline.keys(matching:)` says what each names.
public struct ParameterPatterns: Sendable, Hashable {
    /// The names and patterns.
    public var patterns: [String]

    /// Lists names and patterns.
    public init(_ patterns: [String] = []) { self.patterns = patterns }
}

extension ParameterPatterns: ConfigurationValue {
    package static var kind: String {
        "a stage, a module, a parameter, a pattern such as '*.bn*.bias', or a list of them"
    }

    package init(from node: YAMLNode) throws(ValueProblem) {
        if case .sequence = node.content {
            patterns = try [String](from: node)
        } else if case .text(let text) = node.scalar {
            patterns = [text]
        } else {
            throw ValueProblem(node, expected: Self.kind)
        }
        if patterns.contains("") {
            throw ValueProblem(node, expected: Self.kind, message: "has an empty name")
        }
    }

    package var yamlText: String { patterns.yamlText }
}

/// One key of a section, declared once: its name, place in the struct, rule and sentence.
///
/// Reading, checking, printing, overrides and the reference page all come from this declaration;
/// the default is the value that the section's own initialiser gives the property.
package struct Field<Section: ConfigurationSection>: Sendable {
    let key: String
    /// The sentence in the reference page.
    let summary: String
    /// `a number greater than 0`; empty for sections.
    let kind: String
    /// The unit a bare number counts, such as `epochs`.
    private(set) var unit: String? = nil
    /// The file must say it; the property's initial value is never used by a file.
    private(set) var isRequired = false
    /// The names of the section's variants that read this key; empty means all.
    private(set) var users: [String] = []
    /// What people used to other programs call it: only for suggestions.
    private(set) var otherNames: [String] = []
    let read: @Sendable (YAMLNode, String, inout Section, inout ConfigurationReport) -> Void
    let render: @Sendable (Section) -> RenderedValue
    /// The keys below, for sections.
    let children: (@Sendable () -> [SchemaEntry])?
    /// Whether null switches the section off.
    var isOptional = false

    /// The same field, which the file must set.
    func required() -> Self { changed { $0.isRequired = true } }

    /// The same field, counted in `unit`.
    func counted(in unit: String) -> Self { changed { $0.unit = unit } }

    /// The same field, with names that other programs use.
    func known(as names: String...) -> Self { changed { $0.otherNames = names } }

    /// The same field, for the given variants of the section only.
    func used<Name: ConfigurationChoice>(by names: Name...) -> Self {
        changed { $0.users = names.map(\.rawValue) }
    }

    private func changed(_ change: (inout Self) -> Void) -> Self {
        var copy = self
        change(&copy)
        return copy
    }
}

extension Field {
    /// A key with a value of its own.
    static func value<Value: ConfigurationValue>(
        _ key: String, _ property: WritableKeyPath<Section, Value> & Sendable,
        rule: Constraint<Value>? = nil, _ summary: String
    ) -> Self {
        Field(
            key: key, summary: summary, kind: description(Value.self, rule),
            read: { node, path, section, report in
                guard let value = report.read(Value.self, node, path, rule) else { return }
                section[keyPath: property] = value
            },
            render: { .text($0[keyPath: property].yamlText) }, children: nil)
    }

    /// A key that may be null, which the sentence explains.
    static func optional<Value: ConfigurationValue>(
        _ key: String, _ property: WritableKeyPath<Section, Value?> & Sendable,
        rule: Constraint<Value>? = nil, _ summary: String
    ) -> Self {
        Field(
            key: key, summary: summary, kind: description(Value.self, rule) + ", or null",
            read: { node, path, section, report in
                if node.isNull {
                    section[keyPath: property] = nil
                } else if let value = report.read(Value.self, node, path, rule) {
                    section[keyPath: property] = value
                }
            },
            render: { .text($0[keyPath: property]?.yamlText ?? "null") }, children: nil)
    }

    /// A key that holds keys.
    static func section<Sub: ConfigurationSection>(
        _ key: String, _ property: WritableKeyPath<Section, Sub> & Sendable, _ summary: String
    ) -> Self {
        Field(
            key: key, summary: summary, kind: "",
            read: { node, path, section, report in
                section[keyPath: property] = Sub.read(node, path: path, report: &report)
            },
            render: { .section($0[keyPath: property].rendered()) }, children: { Sub.schema() })
    }

    /// A section that is off when null and on, with its defaults, when `{}`.
    static func optionalSection<Sub: ConfigurationSection>(
        _ key: String, _ property: WritableKeyPath<Section, Sub?> & Sendable, _ summary: String
    ) -> Self {
        Field(
            key: key, summary: summary, kind: "keys, or null",
            read: { node, path, section, report in
                section[keyPath: property] =
                    node.isNull ? nil : Sub.read(node, path: path, report: &report)
            },
            render: { $0[keyPath: property].map { .section($0.rendered()) } ?? .text("null") },
            children: { Sub.schema() }, isOptional: true)
    }

    /// A key that holds a list, each element of which holds keys.
    static func sections<Sub: ConfigurationSection>(
        _ key: String, _ property: WritableKeyPath<Section, [Sub]> & Sendable, _ summary: String
    ) -> Self {
        Field(
            key: key, summary: summary, kind: "a list",
            read: { node, path, section, report in
                switch node.content {
                case .sequence(let nodes):
                    section[keyPath: property] = nodes.enumerated().map { place, node in
                        Sub.read(node, path: "\(path)[\(place)]", report: &report)
                    }
                case _ where node.isNull: section[keyPath: property] = []
                default:
                    report.add(
                        path, node.origin,
                        "'\(path)' expects a list of groups of keys, such as "
                            + "[{\(Sub.fields[0].key): …}], but it is \(node.summary)")
                }
            },
            render: { section in
                .text(
                    "[" + section[keyPath: property].map(\.flowText).joined(separator: ", ") + "]")
            },
            children: { Sub.schema() }, isOptional: true)
    }

    private static func description<Value: ConfigurationValue>(
        _ type: Value.Type, _ rule: Constraint<Value>?
    ) -> String {
        guard let rule else { return Value.kind }
        return rule.isComplete ? rule.text : "\(Value.kind), \(rule.text)"
    }
}

/// A value on its way to the page: text on one line, or named values below.
package enum RenderedValue: Sendable, Equatable {
    case text(String)
    case section([RenderedField])
}

/// A key with its value on its way to the page.
package struct RenderedField: Sendable, Equatable {
    let key: String
    let value: RenderedValue
}

/// A key as the reference page and the suggestions see it.
package struct SchemaEntry: Sendable {
    let key: String
    let kind: String
    let unit: String?
    let defaultText: String
    let summary: String
    let users: [String]
    let otherNames: [String]
    let children: [SchemaEntry]?
}

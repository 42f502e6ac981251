/// A group of keys: a struct, and the list of its fields.
package protocol ConfigurationSection: Sendable, Equatable {
    /// Every property at its default.
    init()
    /// The keys, in the order in which they are printed and documented.
    static var fields: [Field<Self>] { get }
    /// The defaults for each value of the key `name`, where keys or defaults depend on it.
    static var variants: [Self] { get }
    /// The value of `name` if the section has variants.
    var variant: String? { get }
}

extension ConfigurationSection {
    package static var variants: [Self] { [Self()] }
    package var variant: String? { nil }

    /// The section's keys with their values, those left out that its variant does not read.
    func rendered() -> [RenderedField] {
        Self.fields.filter { $0.applies(to: variant) }
            .map { RenderedField(key: $0.key, value: $0.render(self)) }
    }

    /// The section on one line: `{match: fc, learning_rate_factor: 10}`.
    var flowText: String {
        let entries = rendered().compactMap { field -> String? in
            if case .text(let text) = field.value { "\(field.key): \(text)" } else { nil }
        }
        return "{\(entries.joined(separator: ", "))}"
    }

    /// The section's keys without values, for the reference page and for suggestions.
    static func schema() -> [SchemaEntry] {
        fields.map { field in
            SchemaEntry(
                key: field.key, kind: field.kind, unit: field.unit,
                defaultText: defaultText(of: field), summary: field.summary, users: field.users,
                otherNames: field.otherNames, children: field.children?())
        }
    }

    /// `0.1`, or `0.1 (sgd), 0.001 (adamw)` where it depends on the variant.
    private static func defaultText(of field: Field<Self>) -> String {
        if field.isRequired { return "required" }
        // The name chooses the variant; it does not depend on it.
        let variants = field.key == "name" ? [Self()] : variants
        var groups: [(text: String, names: [String])] = []
        for section in variants where field.applies(to: section.variant) {
            guard case .text(let text) = field.render(section) else { return "" }
            let name = section.variant ?? ""
            if let index = groups.firstIndex(where: { $0.text == text }) {
                groups[index].names.append(name)
            } else {
                groups.append((text, [name]))
            }
        }
        guard groups.count > 1 else { return groups.first?.text ?? "" }
        return groups.map { "\($0.text) (\($0.names.joined(separator: ", ")))" }
            .joined(separator: ", ")
    }
}

extension Field {
    /// Whether a section of this variant reads the key.
    func applies(to variant: String?) -> Bool {
        guard let variant, !users.isEmpty else { return true }
        return users.contains(variant)
    }
}

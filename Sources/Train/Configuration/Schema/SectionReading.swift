import Support

extension ConfigurationSection {
    /// Reads the keys of `node`, noting in `report` all that is wrong with them.
    static func read(
        _ node: YAMLNode, path: String, report: inout ConfigurationReport
    ) -> Self {
        report.sections[path] = node.origin
        var entries: [YAMLNode.Entry] = []
        if case .mapping(let found) = node.content {
            entries = found
        } else if !node.isNull {
            let what = path.isEmpty ? "the configuration" : "'\(path)'"
            report.add(
                path, node.origin,
                "\(what) expects keys with values, but it is \(node.summary)")
            return Self()
        }
        var section = start(entries)
        let variantIsKnown = isVariantKnown(entries)
        for field in fields {
            let fieldPath = path.isEmpty ? field.key : "\(path).\(field.key)"
            guard let entry = entries.first(where: { $0.key == field.key }) else {
                readAbsent(field, fieldPath, node, &section, &report)
                continue
            }
            report.origins[fieldPath] = entry.value.origin
            if variantIsKnown, !field.applies(to: section.variant) {
                report.add(fieldPath, entry.origin, unusedMessage(field, fieldPath, section))
            } else {
                // An empty section is pointed at by its key: its value may stand nowhere.
                let value =
                    entry.value.isNull
                    ? YAMLNode(content: entry.value.content, origin: entry.origin) : entry.value
                field.read(value, fieldPath, &section, &report)
            }
        }
        let known = Set(fields.map(\.key))
        for entry in entries where !known.contains(entry.key) {
            let message = unknownMessage(entry.key, path)
            report.add(path.isEmpty ? entry.key : "\(path).\(entry.key)", entry.origin, message)
        }
        return section
    }

    /// The defaults to start from, which the key `name` chooses.
    private static func start(_ entries: [YAMLNode.Entry]) -> Self {
        guard let name = entries.first(where: { $0.key == "name" })?.value.plainText else {
            return Self()
        }
        return variants.first { $0.variant == name } ?? Self()
    }

    /// Whether the file says which variant it means, or leaves it to the default.
    private static func isVariantKnown(_ entries: [YAMLNode.Entry]) -> Bool {
        guard Self().variant != nil else { return false }
        if let name = entries.first(where: { $0.key == "name" })?.value.plainText {
            return variants.contains { $0.variant == name }
        }
        return fields.first { $0.key == "name" }?.isRequired == false
    }

    private static func readAbsent(
        _ field: Field<Self>, _ path: String, _ parent: YAMLNode,
        _ section: inout Self, _ report: inout ConfigurationReport
    ) {
        if field.children != nil, !field.isOptional {
            // Its own required keys and defaults still have to be seen to.
            let empty = YAMLNode(content: .mapping([]), origin: parent.origin)
            field.read(empty, path, &section, &report)
        } else if field.isRequired {
            report.add(
                path, parent.origin, "missing key '\(path)', which is \(field.kind)")
        }
    }

    private static func unusedMessage(
        _ field: Field<Self>, _ path: String, _ section: Self
    ) -> String {
        let users = field.users.map { "'\($0)'" }.joined(separator: ", ")
        return "'\(path)' is not used by '\(section.variant ?? "")', only by \(users); "
            + "remove it or change the name"
    }

    private static func unknownMessage(_ key: String, _ path: String) -> String {
        let place = path.isEmpty ? "at the top level" : "in '\(path)'"
        let message = "unknown key '\(key)' \(place)"
        if key == "<<" {
            return "merge keys ('<<') are not supported; write the keys out"
        }
        if let meant = fields.first(where: { $0.otherNames.contains(key.lowercased()) }) {
            return "\(message); did you mean '\(meant.key)'?"
        }
        let elsewhere = Configuration.sections(knowing: key).filter { $0.section != path }
        if let exact = elsewhere.first(where: { $0.key == key }) {
            let place = exact.section.isEmpty ? "the top level" : "'\(exact.section)'"
            return "\(message); it belongs \(exact.section.isEmpty ? "at" : "in") \(place)"
        }
        if let other = elsewhere.first {
            let path = other.section.isEmpty ? other.key : "\(other.section).\(other.key)"
            return "\(message); did you mean '\(path)'?"
        }
        if let close = closestMatch(to: key, in: fields.map(\.key)) {
            return "\(message); did you mean '\(close)'?"
        }
        let keys = fields.map(\.key).joined(separator: ", ")
        return "\(message); the keys there are: \(keys)"
    }
}

extension Configuration {
    /// The sections with a key of this name, or a key that other programs call so.
    static func sections(knowing key: String) -> [(section: String, key: String)] {
        func search(_ entries: [SchemaEntry], _ path: String) -> [(section: String, key: String)] {
            entries.flatMap { entry in
                let isMatch = entry.key == key || entry.otherNames.contains(key.lowercased())
                let below = path.isEmpty ? entry.key : "\(path).\(entry.key)"
                return (isMatch ? [(path, entry.key)] : [])
                    + (entry.children.map { search($0, below) } ?? [])
            }
        }
        return search(schema(), "")
    }
}

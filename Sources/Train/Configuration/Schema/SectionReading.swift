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
        reportUnknown(entries, path, &report)
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
        } else if field.isRequired, !report.failedPaths.contains(path) {
            report.add(path, parent.origin, "missing key '\(path)': \(field.kind)")
        }
    }

    private static func unusedMessage(
        _ field: Field<Self>, _ path: String, _ section: Self
    ) -> String {
        let users = field.users.map { "'\($0)'" }.joined(separator: ", ")
        return "'\(path)' is not used by '\(section.variant ?? "")', only by \(users); "
            + "remove it or change the name"
    }

    private static func reportUnknown(
        _ entries: [YAMLNode.Entry], _ path: String, _ report: inout ConfigurationReport
    ) {
        let known = Set(fields.map(\.key))
        for entry in entries where !known.contains(entry.key) {
            let place = path.isEmpty ? "at the top level" : "in '\(path)'"
            let (meant, advice) = advice(about: entry.key, in: path)
            var message = "unknown key '\(entry.key)' \(place); \(advice)"
            if entry.key == "<<" {
                message = "merge keys ('<<') are not supported; write the keys out"
            }
            report.add(path.isEmpty ? entry.key : "\(path).\(entry.key)", entry.origin, message)
            // The key that was meant is not missing on top of being misspelled.
            if let meant { report.failedPaths.insert(meant) }
        }
    }

    /// The dotted path that somebody probably meant by an unknown key, and what to tell them.
    private static func advice(
        about key: String, in path: String
    ) -> (meant: String?, text: String) {
        func meant(_ section: String, _ key: String) -> String {
            section.isEmpty ? key : "\(section).\(key)"
        }
        func here(_ found: String) -> (String?, String) {
            (meant(path, found), "did you mean '\(found)'?")
        }
        if let field = fields.first(where: { $0.otherNames.contains(key.lowercased()) }) {
            return here(field.key)
        }
        let elsewhere = Configuration.sections(knowing: key).filter { $0.section != path }
        if let exact = elsewhere.first(where: { $0.key == key }) {
            let place = exact.section.isEmpty ? "at the top level" : "in '\(exact.section)'"
            return (meant(exact.section, key), "it belongs \(place)")
        }
        if let other = elsewhere.first {
            let other = meant(other.section, other.key)
            return (other, "did you mean '\(other)'?")
        }
        if let close = closestMatch(to: key, in: fields.map(\.key)) { return here(close) }
        if let close = closestMatch(to: key, in: fields.flatMap(\.otherNames)),
            let field = fields.first(where: { $0.otherNames.contains(close) })
        {
            return here(field.key)
        }
        return (nil, "the keys there are: " + fields.map(\.key).joined(separator: ", "))
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

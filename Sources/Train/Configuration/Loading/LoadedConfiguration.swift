/// A configuration with the origin of every value.
public struct LoadedConfiguration: Sendable, Equatable {
    /// The values.
    public let values: Configuration
    /// Where each value comes from that is not a default, by dotted path: `optimizer.momentum`.
    public let origins: [String: ValueOrigin]
    /// The overrides as given, in order.
    public let overrides: [String]

    /// Where the value at a dotted path such as `optimizer.momentum` comes from.
    public func origin(of path: String) -> ValueOrigin { origins[path] ?? .default }

    /// The whole configuration as YAML; reading it back gives equal values.
    ///
    /// - Parameter withOrigins: adds `# default`, `# <file>:<line>` or `# command line` to each
    ///   value.
    public func resolvedYAML(withOrigins: Bool) -> String {
        values.resolvedYAML(origin: withOrigins ? { self.origin(of: $0) } : nil)
    }
}

extension Configuration {
    /// The whole configuration as YAML; reading it back gives equal values.
    public func resolvedYAML() -> String { resolvedYAML(origin: nil) }

    func resolvedYAML(origin: ((String) -> ValueOrigin)?) -> String {
        var lines: [(text: String, comment: String?)] = []
        func add(_ fields: [RenderedField], path: String, indentation: String) {
            for field in fields {
                let below = path.isEmpty ? field.key : "\(path).\(field.key)"
                switch field.value {
                case .text(let text):
                    lines.append(
                        ("\(indentation)\(field.key): \(text)", origin?(below).description))
                case .section(let fields):
                    lines.append(("\(indentation)\(field.key):", nil))
                    add(fields, path: below, indentation: indentation + "  ")
                }
            }
        }
        add(rendered(), path: "", indentation: "")
        // Comments stand in one column, but a single long line does not push all others away.
        let width = min(40, lines.map(\.text.count).max() ?? 0)
        return lines.map { text, comment in
            guard let comment else { return text + "\n" }
            let padding = String(repeating: " ", count: max(0, width - text.count))
            return "\(text)\(padding)  # \(comment.filter { !$0.isNewline })\n"
        }.joined()
    }
}

extension Configuration {
    /// All keys with their values as YAML, by dotted path: `("optimizer.momentum", "0.9")`.
    ///
    /// Left out are those that the chosen variants do not read.
    public var flattened: [(key: String, value: String)] {
        func flat(_ fields: [RenderedField], below path: String) -> [(key: String, value: String)] {
            fields.flatMap { field -> [(key: String, value: String)] in
                switch field.value {
                case .text(let text): [(path + field.key, text)]
                case .section(let fields): flat(fields, below: path + field.key + ".")
                }
            }
        }
        return flat(rendered(), below: "")
    }

    /// The dotted paths of all keys, whatever is chosen.
    public static let keys: [String] = {
        func flat(_ entries: [SchemaEntry], below path: String) -> [String] {
            entries.flatMap { entry in
                [path + entry.key]
                    + flat(entry.children ?? [], below: path + entry.key + ".")
            }
        }
        return flat(schema(), below: "")
    }()
}

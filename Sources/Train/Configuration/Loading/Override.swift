/// A `key=value` from the command line, or `~key`, which takes a key out of the file.
struct Override {
    private let text: String
    private let keys: [String]
    /// Nil takes the key out.
    private let value: YAMLNode?

    private var origin: ValueOrigin { .commandLine(text) }

    /// Parses the text; the value is YAML on one line.
    init(_ text: String) throws(ConfigurationProblem) {
        self.text = text
        func failure(_ message: String) -> ConfigurationProblem {
            ConfigurationProblem(origin: .commandLine(text), message: message)
        }
        let isRemoval = text.hasPrefix("~")
        let separator = text.firstIndex(of: "=")
        guard isRemoval != (separator != nil) else {
            throw failure(
                isRemoval
                    ? "'~' takes a key out and needs no value"
                    : "expected key=value, such as optimizer.learning_rate=0.1")
        }
        let path = isRemoval ? text.dropFirst() : text[..<separator!]
        keys = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard keys.allSatisfy({ !$0.isEmpty && !$0.contains(" ") }) else {
            throw failure(
                "'\(path)' is no key; keys look like 'epochs' or 'optimizer.learning_rate'")
        }
        guard let separator else {
            value = nil
            return
        }
        // A line end would let one override carry several keys.
        let valueText = text[text.index(after: separator)...]
        guard !valueText.contains(where: \.isNewline) else {
            throw failure("the value must stand on one line")
        }
        if valueText.allSatisfy({ $0 == " " }) {
            value = YAMLNode(content: .scalar("", isQuoted: false), origin: .commandLine(text))
            return
        }
        let (node, problems) = YAMLReader.read(Array(valueText.utf8)) { _ in .commandLine(text) }
        if let problem = problems.first { throw problem }
        value = node
    }

    /// Changes the tree; everything the override brings has the command line as its origin.
    func apply(to root: inout YAMLNode) throws(ConfigurationProblem) {
        try apply(keys[...], to: &root)
    }

    private func apply(
        _ keys: ArraySlice<String>, to node: inout YAMLNode
    ) throws(ConfigurationProblem) {
        guard let key = keys.first else { return }
        var entries: [YAMLNode.Entry] = []
        if case .mapping(let found) = node.content {
            entries = found
        } else if !node.isNull {
            // The file's own mistake is reported when the tree is read.
            return
        }
        let index = entries.firstIndex { $0.key == key }
        guard let value else {
            guard let index else {
                throw ConfigurationProblem(
                    origin: origin,
                    message: "'\(self.keys.joined(separator: "."))' is not in the file")
            }
            if keys.count == 1 {
                entries.remove(at: index)
            } else {
                try apply(keys.dropFirst(), to: &entries[index].value)
            }
            node.content = .mapping(entries)
            return
        }
        if keys.count == 1 {
            let entry = YAMLNode.Entry(key: key, origin: origin, value: value)
            if let index { entries[index] = entry } else { entries.append(entry) }
        } else {
            let empty = YAMLNode(content: .mapping([]), origin: origin)
            let position = index ?? entries.endIndex
            if index == nil {
                entries.append(YAMLNode.Entry(key: key, origin: origin, value: empty))
            }
            try apply(keys.dropFirst(), to: &entries[position].value)
        }
        node.content = .mapping(entries)
    }
}

extension ConfigurationProblem: Error {}

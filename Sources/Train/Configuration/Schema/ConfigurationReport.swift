/// What reading a configuration collects besides the values: problems and origins.
package struct ConfigurationReport: Sendable {
    /// In the order in which they were found.
    var problems: [ConfigurationProblem] = []
    /// The origin of every value that the file or an override gives, by dotted path.
    var origins: [String: ValueOrigin] = [:]
    /// Paths with a problem of their own: rules that involve them are not tried.
    var failedPaths: Set<String> = []
    /// Where each section begins, by dotted path, for keys that are missing from it.
    var sections: [String: ValueOrigin] = [:]

    mutating func add(_ path: String, _ origin: ValueOrigin, _ message: String) {
        problems.append(ConfigurationProblem(origin: origin, message: message))
        failedPaths.insert(path)
    }

    /// Reads one value and checks its rule; nil after noting what is wrong.
    mutating func read<Value: ConfigurationValue>(
        _ type: Value.Type, _ node: YAMLNode, _ path: String, _ rule: Constraint<Value>?
    ) -> Value? {
        let value: Value
        do {
            value = try Value(from: node)
        } catch {
            add(path, error.node.origin, error.sentence(path: path))
            return nil
        }
        guard let rule, !rule.holds(value) else { return value }
        var message = "'\(path)' must be \(rule.text), but it is \(value.yamlText)"
        if let hint = rule.hint?(value) { message += "; \(hint)" }
        add(path, node.origin, message)
        return nil
    }
}

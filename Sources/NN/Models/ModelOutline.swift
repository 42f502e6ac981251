import Support

/// The stages of a model with the keys of the trained parameters in them: what configurations name parts
/// of a model by.
public struct ModelOutline: Sendable {
    /// A stage and the keys of its parameters.
    public struct Part: Sendable {
        /// The stage's name.
        public let stage: String
        /// The keys of its trained parameters.
        public let keys: [String]
    }

    /// The stages, first to last.
    public let parts: [Part]

    /// Lists the stages and parameters of `model`.
    public init(of model: some StagedModel) {
        let keys = Dictionary(
            uniqueKeysWithValues: model.namedParameters.map {
                (ObjectIdentifier($0.parameter), $0.key)
            })
        parts = model.stages.map { stage in
            Part(
                stage: stage.name,
                keys: stage.modules.flatMap(\.parameters).compactMap { keys[ObjectIdentifier($0)] })
        }
    }

    /// The names of the stages, first to last.
    public var stageNames: [String] { parts.map(\.stage) }
    /// The keys of all trained parameters.
    public var keys: [String] { parts.flatMap(\.keys) }

    /// The keys that `pattern` names: those of a stage (`layer1`), of a module or parameter
    /// (`layer1.0.bn1`), or all that fit a pattern with `*` for any characters (`*.bn*.bias`).
    public func keys(matching pattern: String) -> [String] {
        if let part = parts.first(where: { $0.stage == pattern }) { return part.keys }
        if pattern.contains("*") { return keys.filter { fits($0, pattern) } }
        return keys.filter { $0 == pattern || $0.hasPrefix(pattern + ".") }
    }

    /// What somebody probably meant by a pattern that names nothing.
    public func suggestion(for pattern: String) -> String? {
        var names = stageNames
        for key in keys {
            let parts = key.split(separator: ".")
            for count in 1...parts.count {
                let prefix = parts[..<count].joined(separator: ".")
                if !names.contains(prefix) { names.append(prefix) }
            }
        }
        return closestMatch(to: pattern.filter { $0 != "*" }, in: names)
    }
}

/// Whether `text` is `pattern` with each `*` replaced by some characters or none.
private func fits(_ text: String, _ pattern: String) -> Bool {
    let pieces = pattern.split(separator: "*", omittingEmptySubsequences: false)
    guard pieces.count > 1 else { return text == pattern }
    guard text.hasPrefix(pieces[0]) else { return false }
    var rest = text.dropFirst(pieces[0].count)
    for piece in pieces[1..<(pieces.count - 1)] where !piece.isEmpty {
        guard let found = rest.firstRange(of: piece) else { return false }
        rest = rest[found.upperBound...]
    }
    return rest.hasSuffix(pieces[pieces.count - 1])
}

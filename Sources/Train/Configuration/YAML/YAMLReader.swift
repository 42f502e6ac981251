/// Reads the part of YAML that configurations need into a tree of nodes.
///
/// Mappings, sequences, scalars, anchors and aliases; one document; keys are text and unique.
/// Size, depth and the nodes that aliases unfold to are limited, so that no text takes long.
package struct YAMLReader: ~Copyable {
    /// What a text may have at most.
    package enum Limit {
        package static let bytes = 1 << 20
        package static let depth = 32
        package static let nodes = 50_000
    }

    private var events: YAMLEvents
    private let origin: (YAMLPosition) -> ValueOrigin
    private var anchors: [String: (node: YAMLNode, count: Int)] = [:]
    private var nodeCount = 0
    /// Problems that reading survives, such as a key given twice.
    private(set) var problems: [ConfigurationProblem] = []

    /// Reads all of `bytes`.
    ///
    /// - Parameter origin: makes the origin of what stands at a line and column.
    /// - Returns: the tree, or nil if the text is not valid, and all that is wrong.
    static func read(
        _ bytes: [UInt8], origin: @escaping (YAMLPosition) -> ValueOrigin
    ) -> (node: YAMLNode?, problems: [ConfigurationProblem]) {
        guard bytes.count <= Limit.bytes else {
            let problem = ConfigurationProblem(
                origin: origin(YAMLPosition(line: 1, column: 1)),
                message: "\(bytes.count) bytes are too many for a configuration; the limit is "
                    + "\(Limit.bytes)")
            return (nil, [problem])
        }
        var reader = YAMLReader(events: YAMLEvents(bytes), origin: origin)
        do {
            let node = try reader.document()
            return (node, reader.problems)
        } catch {
            let problem = ConfigurationProblem(
                origin: origin(error.position), message: error.message)
            return (nil, reader.problems + [problem])
        }
    }

    private init(events: consuming YAMLEvents, origin: @escaping (YAMLPosition) -> ValueOrigin) {
        self.events = events
        self.origin = origin
    }

    private mutating func document() throws(YAMLSyntaxError) -> YAMLNode {
        var root: YAMLNode?
        while true {
            let (event, position) = try events.next()
            switch event {
            case .streamStart, .documentEnd: continue
            case .streamEnd:
                return root
                    ?? YAMLNode(
                        content: .mapping([]), origin: origin(YAMLPosition(line: 1, column: 1)))
            case .documentStart:
                guard root == nil else {
                    throw YAMLSyntaxError(
                        position: position,
                        message: "a second document ('---'); a configuration is one document")
                }
            default: root = try node(event, position, depth: 0)
            }
        }
    }

    private mutating func node(
        _ event: YAMLEvent, _ position: YAMLPosition, depth: Int
    ) throws(YAMLSyntaxError) -> YAMLNode {
        guard depth < Limit.depth else {
            throw YAMLSyntaxError(
                position: position, message: "nested more than \(Limit.depth) deep")
        }
        let before = nodeCount
        try count(1, position)
        let result: YAMLNode
        let anchor: String?
        switch event {
        case .alias(let name):
            guard let target = anchors[name] else {
                throw YAMLSyntaxError(
                    position: position,
                    message: "'*\(name)' stands for nothing: no '&\(name)' comes before it")
            }
            try count(target.count, position)
            return target.node
        case .scalar(let text, let isQuoted, let name, let tag):
            try refuse(tag, position)
            anchor = name
            result = YAMLNode(
                content: .scalar(text, isQuoted: isQuoted), origin: origin(position))
        case .sequenceStart(let name, let tag):
            try refuse(tag, position)
            anchor = name
            let elements = try sequence(depth: depth)
            result = YAMLNode(content: .sequence(elements), origin: origin(position))
        case .mappingStart(let name, let tag):
            try refuse(tag, position)
            anchor = name
            let entries = try mapping(depth: depth)
            result = YAMLNode(content: .mapping(entries), origin: origin(position))
        default:
            throw YAMLSyntaxError(position: position, message: "a value is missing here")
        }
        if let anchor { anchors[anchor] = (result, nodeCount - before) }
        return result
    }

    private mutating func sequence(depth: Int) throws(YAMLSyntaxError) -> [YAMLNode] {
        var elements: [YAMLNode] = []
        while true {
            let (event, position) = try events.next()
            if case .sequenceEnd = event { return elements }
            elements.append(try node(event, position, depth: depth + 1))
        }
    }

    private mutating func mapping(depth: Int) throws(YAMLSyntaxError) -> [YAMLNode.Entry] {
        var entries: [YAMLNode.Entry] = []
        var places: [String: Int] = [:]
        while true {
            let (event, position) = try events.next()
            if case .mappingEnd = event { return entries }
            guard case .scalar(let key, _, _, let tag) = event else {
                throw YAMLSyntaxError(position: position, message: "a key must be plain text")
            }
            try refuse(tag, position)
            try count(1, position)
            let (valueEvent, valuePosition) = try events.next()
            let value = try node(valueEvent, valuePosition, depth: depth + 1)
            if let line = places[key] {
                problems.append(
                    ConfigurationProblem(
                        origin: origin(position),
                        message: "the key '\(key)' is already given in line \(line)"))
            } else {
                places[key] = position.line
                entries.append(
                    YAMLNode.Entry(key: key, origin: origin(position), value: value))
            }
        }
    }

    private mutating func count(
        _ nodes: Int, _ position: YAMLPosition
    ) throws(YAMLSyntaxError) {
        nodeCount += nodes
        guard nodeCount <= Limit.nodes else {
            throw YAMLSyntaxError(
                position: position,
                message: "more than \(Limit.nodes) values, aliases unfolded; that is no "
                    + "configuration")
        }
    }

    private func refuse(_ tag: String?, _ position: YAMLPosition) throws(YAMLSyntaxError) {
        guard let tag, tag != "!" else { return }
        let core = "tag:yaml.org,2002:"
        let shown = tag.hasPrefix(core) ? "!!" + tag.dropFirst(core.count) : tag
        throw YAMLSyntaxError(
            position: position, message: "tags are not supported; leave '\(shown)' out")
    }
}

import CYAML

/// One step of a YAML file, as libyaml's parser sees it.
enum YAMLEvent {
    case streamStart, streamEnd, documentStart, documentEnd
    case scalar(String, isQuoted: Bool, anchor: String?, tag: String?)
    case sequenceStart(anchor: String?, tag: String?)
    case mappingStart(anchor: String?, tag: String?)
    case sequenceEnd, mappingEnd
    case alias(String)
}

/// Where something stands in a text; both count from 1.
struct YAMLPosition {
    var line: Int
    var column: Int
}

/// Why a text is no YAML.
struct YAMLSyntaxError: Error {
    let position: YAMLPosition
    let message: String
}

/// The events of a text, one at a time, from libyaml.
struct YAMLEvents: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>

    init(_ bytes: [UInt8]) {
        parser = .allocate(capacity: 1)
        input = .allocate(capacity: max(1, bytes.count))
        _ = input.initialize(from: bytes)
        guard yaml_parser_initialize(parser) == 1 else {
            fatalError("YAMLEvents: libyaml has no memory for a parser")
        }
        yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
        // UTF-8 is all that is accepted; a byte order mark is skipped either way.
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    /// The next event and where it begins.
    mutating func next() throws(YAMLSyntaxError) -> (event: YAMLEvent, position: YAMLPosition) {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxError() }
        defer { yaml_event_delete(&event) }
        let position = YAMLPosition(event.start_mark)
        return (Self.converted(event), position)
    }

    private static func converted(_ event: yaml_event_t) -> YAMLEvent {
        switch event.type {
        case YAML_STREAM_START_EVENT: return .streamStart
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_ALIAS_EVENT: return .alias(text(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            return .scalar(
                String(decoding: bytes, as: UTF8.self),
                isQuoted: scalar.style != YAML_PLAIN_SCALAR_STYLE,
                anchor: text(scalar.anchor), tag: text(scalar.tag))
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            return .sequenceStart(anchor: text(start.anchor), tag: text(start.tag))
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            return .mappingStart(anchor: text(start.anchor), tag: text(start.tag))
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        default: return .streamEnd
        }
    }

    private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(cString: $0) }
    }

    private func syntaxError() -> YAMLSyntaxError {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "unreadable text"
        let context = parser.pointee.context.map { String(cString: $0) } ?? ""
        if parser.pointee.error == YAML_READER_ERROR {
            return YAMLSyntaxError(
                position: positionOfByte(parser.pointee.problem_offset),
                message: readerMessage(problem))
        }
        var position = YAMLPosition(parser.pointee.problem_mark)
        // libyaml notices some mistakes lines later; the place where they begin helps more.
        let isUnclosed =
            problem.contains("end of stream") || problem.contains("could not find expected ':'")
            || problem.contains("expected ','") && isAtEnd(position)
        if isUnclosed, !context.isEmpty {
            position = YAMLPosition(parser.pointee.context_mark)
        }
        return YAMLSyntaxError(
            position: position, message: plainWords(problem, context, at: position))
    }

    private func readerMessage(_ problem: String) -> String {
        problem.contains("control characters")
            ? "a control character, which YAML does not allow"
            : "not UTF-8 text; save the file as UTF-8"
    }

    private func positionOfByte(_ offset: Int) -> YAMLPosition {
        var position = YAMLPosition(line: 1, column: 1)
        for byte in input.prefix(offset) {
            if byte == 0x0A {
                position = YAMLPosition(line: position.line + 1, column: 1)
            } else if byte & 0xC0 != 0x80 {
                position.column += 1
            }
        }
        return position
    }

    /// Whether nothing but blank lines follows.
    private func isAtEnd(_ position: YAMLPosition) -> Bool {
        let lines = input.split(separator: 0x0A, omittingEmptySubsequences: false)
        return lines.dropFirst(position.line - 1).allSatisfy { line in
            line.allSatisfy { $0 == 0x20 || $0 == 0x0D }
        }
    }

    /// The character at a position, for messages that depend on it.
    private func character(at position: YAMLPosition) -> Unicode.Scalar? {
        let text = String(decoding: input, as: UTF8.self).unicodeScalars
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard position.line <= lines.count else { return nil }
        return lines[position.line - 1].dropFirst(position.column - 1).first
    }
}

extension YAMLPosition {
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }
}

extension YAMLEvents {
    /// libyaml's message in words for people who don't know YAML's grammar.
    private func plainWords(
        _ problem: String, _ context: String, at position: YAMLPosition
    ) -> String {
        let found = character(at: position)
        if found == "\t" { return "a tab; YAML is indented with spaces only" }
        if problem.contains("cannot start any token") {
            let sign = found.map { "'\($0)'" } ?? "this character"
            return "a value cannot begin with \(sign); put it in quotes"
        }
        if problem.contains("mapping values are not allowed") {
            return "a second ':' where a key and its value should end; put the value in quotes, "
                + "or check the indentation"
        }
        if problem.contains("could not find expected ':'") {
            return "a key without ':'; keys look like 'key: value'"
        }
        if problem.contains("did not find expected key") {
            return "neither a key nor the end of the group above; check the indentation"
        }
        if problem.contains("did not find expected '-' indicator") {
            return "neither '-' nor the end of the list above; check the indentation"
        }
        if problem.contains("',' or ']'") { return "a list begun with '[' lacks ',' or ']'" }
        if problem.contains("',' or '}'") { return "a group begun with '{' lacks ',' or '}'" }
        if problem.contains("end of stream"), context.contains("quoted scalar") {
            return "a quote that is opened here is never closed"
        }
        if problem.contains("undefined tag") { return "tags ('!name') are not supported" }
        if problem.contains("escape") {
            return "an unknown escape after '\\'; use single quotes to take '\\' as it is"
        }
        let place = context.isEmpty ? "" : " \(context)"
        return "not valid YAML: \(problem)\(place)"
    }
}

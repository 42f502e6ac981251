import Support

/// A key of the configuration and the values it takes in a sweep.
public struct SweepAxis: Sendable, Equatable {
    /// The dotted path of the key.
    public let key: String
    /// Its values, YAML.
    public let values: [String]

    /// Creates an axis.
    public init(key: String, values: [String]) {
        self.key = key
        self.values = values
    }

    /// Reads `key=v1,v2` or `key=0..4`, the whole numbers of a range. A comma inside of brackets, braces
    /// or quotation marks belongs to a value: `augmentation.crop=null,{padding: 2}`.
    public init(_ text: String) throws(ConfigurationError) {
        func failure(_ message: String) -> ConfigurationError {
            ConfigurationError([
                ConfigurationProblem(origin: .commandLine(text), message: message)
            ])
        }
        guard let mark = text.firstIndex(of: "="), mark != text.startIndex else {
            throw failure(
                "expected key=value,value, such as optimizer.learning_rate=0.1,0.05 or seed=0..4")
        }
        key = String(text[..<mark])
        let list = String(text[text.index(after: mark)...])
        if let range = Self.range(list) {
            guard range.count <= Self.maximumCount else {
                throw failure(
                    "a range of \(range.count) values; at most \(Self.maximumCount) are run")
            }
            values = range.map(String.init)
        } else {
            values = Self.parts(list)
        }
        guard !values.contains("") else {
            throw failure("a value is empty; expected key=value,value")
        }
        if let twice = values.enumerated().first(where: {
            values[..<$0.offset].contains($0.element)
        }) {
            throw failure("the value \(twice.element) stands there twice")
        }
    }

    static let maximumCount = 10_000

    private static func range(_ text: String) -> ClosedRange<Int>? {
        guard let dots = text.firstRange(of: ".."), let low = Int(text[..<dots.lowerBound]),
            let high = Int(text[dots.upperBound...]), low <= high, high < .max
        else { return nil }
        return low...high
    }

    private static func parts(_ text: String) -> [String] {
        var parts = [""]
        var depth = 0
        var quote: Character?
        for character in text {
            switch character {
            case "'", "\"":
                if quote == nil { quote = character } else if quote == character { quote = nil }
            case "[", "{": depth += quote == nil ? 1 : 0
            case "]", "}": depth -= quote == nil ? 1 : 0
            case "," where depth == 0 && quote == nil:
                parts.append("")
                continue
            default: break
            }
            parts[parts.count - 1].append(character)
        }
        return parts.map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }
}

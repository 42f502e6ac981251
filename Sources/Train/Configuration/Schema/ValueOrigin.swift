/// Where a value of the configuration came from.
public enum ValueOrigin: Sendable, Hashable, CustomStringConvertible {
    /// Nobody said anything: the program's own default.
    case `default`
    /// A place in a file; line and column count from 1, columns in characters.
    case file(path: String, line: Int, column: Int)
    /// A file as a whole.
    case wholeFile(String)
    /// An override given as `key=value`, with its text.
    case commandLine(String)

    /// `default`, `configs/a.yaml:12` or `command line`.
    public var description: String {
        switch self {
        case .default: "default"
        case .file(let path, let line, _): "\(path):\(line)"
        case .wholeFile(let path): path
        case .commandLine: "command line"
        }
    }

    /// What an error message starts with: `configs/a.yaml:12:9` or `command line: 'a.b=c'`.
    var prefix: String {
        switch self {
        case .default: "configuration"
        case .file(let path, let line, let column): "\(path):\(line):\(column)"
        case .wholeFile(let path): path
        case .commandLine(let text):
            "command line: '\(text.split(separator: "\n").joined(separator: "\\n"))'"
        }
    }
}

/// One thing that is wrong with a configuration.
public struct ConfigurationProblem: Sendable, Hashable, CustomStringConvertible {
    /// The place to look at.
    public let origin: ValueOrigin
    /// What was expected, what came, and what to do.
    public let message: String

    /// `configs/a.yaml:12:9: unknown key 'learing_rate' in 'optimizer'; did you mean …?`
    public var description: String { "\(origin.prefix): \(message)" }
}

/// All that is wrong with a configuration, in the order of the file, then of the overrides.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Never empty.
    public let problems: [ConfigurationProblem]

    /// Sorts the problems by place and drops exact repetitions.
    init(_ problems: [ConfigurationProblem], overrides: [String] = []) {
        func key(_ problem: ConfigurationProblem) -> (Int, Int, Int) {
            switch problem.origin {
            case .default, .wholeFile: (0, 0, 0)
            case .file(_, let line, let column): (1, line, column)
            case .commandLine(let text): (2, overrides.firstIndex(of: text) ?? 0, 0)
            }
        }
        var seen: Set<ConfigurationProblem> = []
        // Ties keep the order in which they were found: Swift's sort is stable only in practice,
        // so the index takes part in the comparison.
        self.problems = problems.filter { seen.insert($0).inserted }.enumerated()
            .sorted { a, b in
                let (x, y) = (key(a.element), key(b.element))
                return x == y ? a.offset < b.offset : x < y
            }
            .map(\.element)
    }

    /// One line for each problem.
    public var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}

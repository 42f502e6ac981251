import Support

/// The runs of a sweep: every combination of the values of some keys, over one configuration.
///
/// A sweep's folder holds the plan (`sweep.json`), the configuration file as it was (`base.yaml`), a
/// folder for each run, and the tables. Whoever reads the plan again goes on with the same runs.
public struct SweepPlan: Sendable, Equatable {
    /// One run.
    public struct Run: Sendable, Equatable {
        /// The name of its folder.
        public let name: String
        /// Its values, in the order of the axes.
        public let values: [String]
        /// The changes to the configuration file that make it.
        public let overrides: [String]
    }

    /// The name of the configuration, for people.
    public let name: String
    /// The bytes of the configuration file.
    public let base: [UInt8]
    /// Changes that all runs share.
    public let overrides: [String]
    /// The keys that vary, the slowest first.
    public let axes: [SweepAxis]

    /// The file names in the folder of a sweep.
    public static let planFile = "sweep.json", baseFile = "base.yaml"

    /// Plans a sweep and checks the configuration of every run.
    ///
    /// - Parameters:
    ///   - base: The bytes of the configuration file.
    ///   - path: Its path, for errors.
    ///   - overrides: Changes that all runs share.
    ///   - axes: The keys that vary.
    /// - Throws: `ConfigurationError` of the first run that has one.
    public init(
        base: [UInt8], path: String, overrides: [String], axes: [SweepAxis]
    ) throws(ConfigurationError) {
        func failure(_ message: String) -> ConfigurationError {
            ConfigurationError([ConfigurationProblem(origin: .wholeFile(path), message: message)])
        }
        for (place, axis) in axes.enumerated()
        where axes[..<place].contains(where: { $0.key == axis.key }) {
            throw failure("'\(axis.key)' is given twice; name all its values in one place")
        }
        if let axis = axes.first(where: { $0.key == "output" || $0.key == "threads" }) {
            throw failure("'\(axis.key)' cannot vary: it does not change the result of a run")
        }
        var count = 1
        for axis in axes {
            count = min(count * axis.values.count, SweepAxis.maximumCount + 1)
        }
        guard count <= SweepAxis.maximumCount else {
            throw failure("more than \(SweepAxis.maximumCount) combinations")
        }
        self.base = base
        self.overrides = overrides
        self.axes = axes
        name = try Configuration.parse(
            base, file: path, overrides: overrides + axes.map { "\($0.key)=\($0.values[0])" }
        ).values.runName
        for run in runs {
            _ = try Configuration.parse(base, file: path, overrides: run.overrides)
        }
    }

    /// All runs, the last axis varying fastest.
    public var runs: [Run] {
        var combinations: [[String]] = [[]]
        for axis in axes {
            combinations = combinations.flatMap { values in axis.values.map { values + [$0] } }
        }
        let digits = String(combinations.count).count
        return combinations.enumerated().map { index, values in
            let number = String(index + 1)
            let prefix = String(repeating: "0", count: digits - number.count) + number
            let parts = zip(axes, values).map { axis, value in
                "\(axis.key.split(separator: ".").last ?? "")=\(value)"
            }
            return Run(
                name: ([prefix] + parts.map(Self.fileName)).joined(separator: "-"), values: values,
                overrides: overrides + zip(axes, values).map { "\($0.key)=\($1)" })
        }
    }

    private static func fileName(_ text: String) -> String {
        let mapped = text.map { character -> Character in
            character.isASCII && (character.isLetter || character.isNumber)
                || "._=".contains(character) ? character : "_"
        }
        return String(mapped.prefix(40))
    }

    // MARK: The folder

    /// Writes the plan into `folder`.
    public func write(to folder: String) throws(FileError) {
        try AtomicFile.write(base, to: "\(folder)/\(Self.baseFile)")
        try AtomicFile.write(
            json.serialized(pretty: true) + "\n", to: "\(folder)/\(Self.planFile)")
    }

    private var json: JSONValue {
        [
            "version": 1, "name": .string(name),
            "overrides": .array(overrides.map(JSONValue.string)),
            "axes": .array(
                axes.map {
                    ["key": .string($0.key), "values": .array($0.values.map(JSONValue.string))]
                }),
        ]
    }

    /// Reads the plan in `folder`; nil where there is none.
    public static func read(folder: String) throws -> SweepPlan? {
        let path = "\(folder)/\(planFile)"
        guard let bytes = try contents(ofFile: path) else { return nil }
        let json: JSONValue
        do {
            json = try JSONValue.parse(bytes)
        } catch {
            throw FileError(path: "\(path):\(error.line):\(error.column)", message: error.message)
        }
        let axes = json["axes"]?.array?.compactMap { axis -> SweepAxis? in
            guard let key = axis["key"]?.string,
                let values = axis["values"]?.array?.compactMap(\.string), !values.isEmpty
            else { return nil }
            return SweepAxis(key: key, values: values)
        }
        guard json["version"] == 1, let axes, axes.count == json["axes"]?.array?.count,
            let overrides = json["overrides"]?.array?.compactMap(\.string)
        else { throw FileError(path: path, message: "is not the plan of a sweep") }
        guard let base = try contents(ofFile: "\(folder)/\(baseFile)") else {
            throw FileError(path: "\(folder)/\(baseFile)", message: "is missing")
        }
        return try SweepPlan(
            base: base, path: "\(folder)/\(baseFile)", overrides: overrides, axes: axes)
    }
}

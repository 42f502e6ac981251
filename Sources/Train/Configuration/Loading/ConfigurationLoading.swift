import Glibc
import Support

extension Configuration {
    /// Reads a YAML file and applies overrides.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - overrides: texts such as `optimizer.learning_rate=0.1`, which win over the file; the
    ///     value is YAML, so that `data.mean=[0.5, 0.5, 0.5]` works. `~augmentation.crop` takes
    ///     a key out of the file, back to its default. Later ones win over earlier ones.
    /// - Throws: all that is wrong, each with its place.
    public static func load(
        contentsOf path: String, overrides: [String] = []
    ) throws(ConfigurationError) -> LoadedConfiguration {
        let bytes = try readBytes(of: path)
        return try parse(bytes, file: path, overrides: overrides)
    }

    /// Reads YAML text as if it stood in a file of the given name.
    public static func parse(
        _ text: String, file: String, overrides: [String] = []
    ) throws(ConfigurationError) -> LoadedConfiguration {
        try parse(Array(text.utf8), file: file, overrides: overrides)
    }

    /// Reads the bytes of a YAML file of the given name.
    public static func parse(
        _ bytes: [UInt8], file: String, overrides: [String] = []
    ) throws(ConfigurationError) -> LoadedConfiguration {
        let (root, syntaxProblems) = YAMLReader.read(bytes) { position in
            .file(path: file, line: position.line, column: position.column)
        }
        var report = ConfigurationReport()
        report.problems = syntaxProblems
        guard var root else { throw ConfigurationError(report.problems) }
        for text in overrides {
            do {
                try Override(text).apply(to: &root)
            } catch {
                report.problems.append(error)
            }
        }
        let values = Configuration.read(root, path: "", report: &report)
        report.check(values)
        guard report.problems.isEmpty else {
            throw ConfigurationError(report.problems, overrides: overrides)
        }
        return LoadedConfiguration(
            values: values, origins: report.origins, overrides: overrides)
    }

    private static func readBytes(of path: String) throws(ConfigurationError) -> [UInt8] {
        func failure(_ message: String) -> ConfigurationError {
            ConfigurationError([
                ConfigurationProblem(origin: .wholeFile(path), message: message)
            ])
        }
        guard let file = fopen(path, "rbe") else {
            throw failure("cannot be read: \(systemMessage(errno))")
        }
        defer { fclose(file) }
        // One byte more than allowed is enough to know that there are too many.
        var bytes = [UInt8](repeating: 0, count: YAMLReader.Limit.bytes + 1)
        let count = fread(&bytes, 1, bytes.count, file)
        guard ferror(file) == 0 else {
            throw failure("cannot be read: \(systemMessage(errno))")
        }
        guard count <= YAMLReader.Limit.bytes else {
            throw failure(
                "more than \(YAMLReader.Limit.bytes) bytes, which is too long for a configuration")
        }
        return Array(bytes[..<count])
    }
}

import Support

/// Something about the machine, the program or the source tree that is not as it was in a run.
public struct EnvironmentDifference: Sendable, Equatable {
    /// What differs.
    public let name: String
    /// How it was, and how it is.
    public let then: String, now: String
    /// Whether it can change the bits of the weights, and why, or why not.
    public let canChangeWeights: Bool, reason: String

    /// `instruction set: avx512 then, avx2 now (…)`.
    public var text: String { "\(name): \(then) then, \(now) now (\(reason))" }

    /// Compares what the run in `folder` recorded with what is now.
    ///
    /// - Throws: `FileError` where `environment.json` or `git.json` is damaged. What was not recorded
    ///   is not compared.
    public static func all(
        of folder: String, now: RunEnvironment, git: GitState?
    ) throws(FileError) -> [EnvironmentDifference] {
        var found: [EnvironmentDifference] = []
        let then = try recordedJSON("\(folder)/\(RunFile.environment)")
        for rule in rules {
            guard let old = then?[rule.key], let new = now.json[rule.key], old != .null, old != new
            else { continue }
            found.append(
                EnvironmentDifference(
                    name: rule.name, then: old.string ?? old.serialized(),
                    now: new.string ?? new.serialized(), canChangeWeights: rule.canChangeWeights,
                    reason: rule.reason))
        }
        let tree = try recordedJSON("\(folder)/\(RunFile.git)")
        if let git, let old = tree?["commit"]?.string {
            func text(_ commit: String, _ isDirty: Bool) -> String {
                commit.prefix(10) + (isDirty ? " with uncommitted changes" : "")
            }
            let wasDirty = tree?["dirty"]?.bool ?? false
            if old != git.commit || wasDirty || git.isDirty {
                found.append(
                    EnvironmentDifference(
                        name: "source tree", then: text(old, wasDirty),
                        now: text(git.commit, git.isDirty), canChangeWeights: true,
                        reason: "another version of the program may compute otherwise"))
            }
        }
        return found
    }

    /// The fact called `key` that the run in `folder` recorded about its machine.
    public static func recorded(_ key: String, of folder: String) throws(FileError) -> String? {
        try recordedJSON("\(folder)/\(RunFile.environment)")?[key]?.string
    }

    private static let rules:
        [(key: String, name: String, canChangeWeights: Bool, reason: String)] =
            [
                (
                    "instruction_set", "instruction set", true,
                    "vectors of another width may add in another order; RESIDUAL_ISA lowers the choice"
                ),
                ("swift", "compiler", true, "another compiler may round constants otherwise"),
                ("threads", "threads", false, "their number never changes a bit"),
                ("cpu", "processor", false, "the same instructions give the same bits"),
            ]

    private static func recordedJSON(_ path: String) throws(FileError) -> JSONValue? {
        guard let bytes = try contents(ofFile: path) else { return nil }
        do {
            return try JSONValue.parse(bytes)
        } catch {
            throw FileError(path: "\(path):\(error.line):\(error.column)", message: error.message)
        }
    }
}

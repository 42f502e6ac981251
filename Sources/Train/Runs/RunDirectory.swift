import Foundation
import Glibc
import Support

/// The folder of one training run: `runs/<yyyyMMdd-HHmmss>-<name>/`.
///
/// It knows where everything lies and writes the small files; a run never shares its folder with
/// another. The process that trains holds the run's lock for as long as this value lives.
public final class RunDirectory: Sendable {
    /// The folder's path.
    public let path: String
    private let lock: RunLock?

    /// The folder's own name: time and name of the run.
    public var name: String {
        String(path.split(separator: "/", omittingEmptySubsequences: true).last ?? "")
    }

    /// The path of one of the run's files, see `RunFile`.
    public func path(of file: String) -> String { path + "/" + file }

    /// Creates the folder of a new run and takes its lock.
    ///
    /// A folder that exists is never used again: `-2`, `-3` and so on is added to the name.
    ///
    /// - Parameters:
    ///   - parent: Where runs are kept; created when missing.
    ///   - name: What the run is called. All but letters, digits, `.`, `_` and `-` becomes `-`.
    ///   - seconds: The start in seconds since 1970, shown in local time; nil asks the system.
    public static func create(
        in parent: String = "runs", name: String, seconds: Int? = nil
    ) throws(FileError) -> RunDirectory {
        try makeFolder(parent, withParents: true)
        let stamp = timeStamp(seconds ?? Int(secondsSince1970()))
        let base = "\(parent)/\(stamp)-\(fileName(name))"
        var path = base
        var count = 1
        while mkdir(path, 0o755) != 0 {
            guard errno == EEXIST else {
                throw FileError(path: path, message: "cannot be created: \(systemMessage(errno))")
            }
            count += 1
            path = "\(base)-\(count)"
        }
        return try prepared(path)
    }

    /// Creates the folder of a new run at `path`, which must not exist yet, and takes its lock.
    ///
    /// What a run that was killed before it had a configuration left behind does not count: nothing
    /// in it is anybody's.
    public static func create(at path: String) throws(FileError) -> RunDirectory {
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try makeFolder(String(path[..<slash]), withParents: true)
        }
        guard mkdir(path, 0o755) == 0 || errno == EEXIST && isAbandoned(path) else {
            throw FileError(
                path: path,
                message: errno == EEXIST
                    ? "exists already; choose another output, or go on with it by --resume"
                    : "cannot be created: \(systemMessage(errno))")
        }
        return try prepared(path)
    }

    /// Whether a folder holds nothing but what the first moments of a run write.
    private static func isAbandoned(_ path: String) -> Bool {
        let early: Set<String> = [
            RunFile.lock, "checkpoints", RunFile.tensorBoard, RunFile.command,
            RunFile.environment, RunFile.git, RunFile.patch, RunFile.overrides,
        ]
        let names = try? FileManager.default.contentsOfDirectory(atPath: path)
        guard let names, !names.isEmpty else { return false }
        return names.allSatisfy { early.contains($0) || $0.hasSuffix(".partial") }
    }

    private static func prepared(_ path: String) throws(FileError) -> RunDirectory {
        let run = RunDirectory(path: path, lock: try RunLock(folder: path))
        try makeFolder(run.path(of: "checkpoints"), withParents: false)
        try makeFolder(run.path(of: RunFile.tensorBoard), withParents: false)
        return run
    }

    /// Opens the folder of an earlier run to go on training, and takes its lock.
    ///
    /// A run that was killed before its first checkpoint starts again from its configuration.
    ///
    /// - Throws: `FileError` when there is no such folder, when it is not a run's, or when another
    ///   process trains into it.
    public static func openForResume(_ path: String) throws(FileError) -> RunDirectory {
        try prepared(try checked(path))
    }

    /// Opens the folder of an earlier run to read it or to write its reports again, without the
    /// lock.
    public static func open(_ path: String) throws(FileError) -> RunDirectory {
        RunDirectory(path: try checked(path), lock: nil)
    }

    private init(path: String, lock: RunLock?) {
        self.path = path
        self.lock = lock
    }

    /// Writes `text` to one of the run's files, see `RunFile`.
    public func write(_ text: String, to file: String) throws(FileError) {
        try AtomicFile.write(text, to: path(of: file))
    }

    /// Writes `json`, indented, to one of the run's files.
    public func write(_ json: JSONValue, to file: String) throws(FileError) {
        try write(json.serialized(pretty: true) + "\n", to: file)
    }

    /// Adds a line to `command.txt`: the words of the command, quoted for a POSIX shell.
    public func recordCommand(_ arguments: [String]) throws(FileError) {
        try AppendFile(path: path(of: RunFile.command)).appendLine(shellCommand(arguments))
    }

    /// Writes `git.json` and, where there are uncommitted changes of a sensible size, `diff.patch`.
    public func record(_ state: GitState) throws(FileError) {
        try write(state.json, to: RunFile.git)
        if let patch = state.patch {
            try AtomicFile.write(patch, to: path(of: RunFile.patch))
        }
    }

    /// Writes `environment.json`.
    public func record(_ environment: RunEnvironment) throws(FileError) {
        try write(environment.json, to: RunFile.environment)
    }

    private static func checked(_ path: String) throws(FileError) -> String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw FileError(path: path, message: "there is no such run folder")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw FileError(path: path, message: "is a file; expected the folder of a run")
        }
        guard access(path + "/" + RunFile.configuration, R_OK) == 0 else {
            throw FileError(
                path: path,
                message: "is not the folder of a run: it has no \(RunFile.configuration)")
        }
        return path
    }
}

/// The words of a command as a line for a POSIX shell, quoted where needed.
public func shellCommand(_ arguments: [String]) -> String {
    arguments.map { word in
        let isPlain = !word.isEmpty && word.unicodeScalars.allSatisfy { isPlainInShell($0) }
        return isPlain
            ? word
            : "'"
                + word.split(separator: "'", omittingEmptySubsequences: false)
                .joined(separator: "'\\''") + "'"
    }.joined(separator: " ")
}

private func isPlainInShell(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII
        && (scalar.properties.isAlphabetic
            || "0123456789@%+=:,./_-".unicodeScalars.contains(scalar))
}

/// Makes a folder unless it is there.
func makeFolder(_ path: String, withParents: Bool = false) throws(FileError) {
    if withParents, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
        try makeFolder(String(path[..<slash]), withParents: true)
    }
    if mkdir(path, 0o755) != 0, errno != EEXIST {
        throw FileError(path: path, message: "cannot be created: \(systemMessage(errno))")
    }
}

/// `yyyyMMdd-HHmmss` in local time.
private func timeStamp(_ seconds: Int) -> String {
    var time = time_t(seconds)
    var parts = tm()
    localtime_r(&time, &parts)
    var text = [CChar](repeating: 0, count: 32)
    let count = strftime(&text, text.count, "%Y%m%d-%H%M%S", &parts)
    return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

private func fileName(_ name: String) -> String {
    let mapped = name.unicodeScalars.map { scalar -> Character in
        let isKept =
            scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            || "._-".unicodeScalars.contains(scalar)
        return isKept ? Character(scalar) : "-"
    }
    let text = String(mapped.prefix(80))
    return text.isEmpty ? "run" : text
}

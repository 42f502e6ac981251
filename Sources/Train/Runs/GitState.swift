import Foundation
import Support

/// The commit and the uncommitted changes of a source tree.
public struct GitState: Sendable, Equatable {
    /// The full hash of the commit that is checked out.
    public var commit: String
    /// The branch; nil on a detached head.
    public var branch: String?
    /// Whether tracked files differ from the commit.
    public var isDirty: Bool
    /// The difference as a patch; nil when there is none or it is over a megabyte.
    public var patch: [UInt8]?

    /// Creates a state from its parts.
    public init(commit: String, branch: String?, isDirty: Bool, patch: [UInt8]? = nil) {
        self.commit = commit
        self.branch = branch
        self.isDirty = isDirty
        self.patch = patch
    }

    /// `commit`, `branch`, `dirty`, and the name of the patch file when there is one.
    public var json: JSONValue {
        [
            "commit": .string(commit), "branch": branch.map(JSONValue.string) ?? .null,
            "dirty": .bool(isDirty), "patch": patch == nil ? .null : .string(RunFile.patch),
        ]
    }

    /// The first ten digits of the commit, with `+` when files differ from it.
    public var shortText: String { commit.prefix(10) + (isDirty ? "+" : "") }

    /// Asks git about the tree that `folder` lies in.
    ///
    /// Nil when git is not installed, the folder is in no repository, or nothing is committed yet.
    public static func current(folder: String = ".") -> GitState? {
        guard let commit = line(git(["rev-parse", "--verify", "HEAD"], in: folder)) else {
            return nil
        }
        let branch = line(git(["symbolic-ref", "--short", "-q", "HEAD"], in: folder))
        // No external diff or text conversion: those would run programs that the tree names.
        let difference = git(
            ["diff", "--no-ext-diff", "--no-textconv", "--binary", "HEAD"], in: folder)
        let isDirty = difference.map { !$0.isEmpty } ?? false
        let isSmall = difference.map { $0.count <= maximumPatchBytes } ?? false
        return GitState(
            commit: commit, branch: branch, isDirty: isDirty,
            patch: isDirty && isSmall ? difference : nil)
    }

    private static let maximumPatchBytes = 1 << 20

    private static func line(_ bytes: [UInt8]?) -> String? {
        guard let bytes else { return nil }
        let text = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
        return text.isEmpty ? nil : text
    }

    /// Runs git and returns what it prints, a byte over `maximumPatchBytes` at most; nil on
    /// failure.
    private static func git(_ arguments: [String], in folder: String) -> [UInt8]? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["git", "-C", folder] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"]) { $1 }
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardOutput = output
        do { try process.run() } catch { return nil }
        var bytes: [UInt8] = []
        while bytes.count <= maximumPatchBytes {
            let block = output.fileHandleForReading.availableData
            if block.isEmpty { break }
            bytes.append(contentsOf: block)
        }
        let isCut = bytes.count > maximumPatchBytes
        // The child inherits this thread's signal mask, which may block a polite request to end.
        if isCut { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        return isCut || process.terminationStatus == 0 ? bytes : nil
    }
}

import Foundation
import Glibc
import Support
import Synchronization
import Train

/// A temporary folder in which commands run; gone when the value is.
final class Workplace: Sendable {
    let path: String
    private let count = Atomic<Int>(0)

    init() throws {
        path = Self.base + "/" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// One folder for all of them, which goes when the tests end.
    private static let base: String = {
        let path = NSTemporaryDirectory() + "residual-commands-\(getpid())"
        atexit { try? FileManager.default.removeItem(atPath: Workplace.base) }
        return path
    }()

    /// What the program sees of the environment: nothing of the person's who runs the tests.
    static let environment: [String: String] = [
        "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
        "HOME": base + "/home", "TERM": "dumb", "TZ": "UTC", "LC_ALL": "C",
    ]

    /// A path beside this folder, different each time.
    func newPath(for purpose: String) -> String {
        "\(path).\(purpose)\(count.add(1, ordering: .relaxed).newValue)"
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func makeFolder(_ name: String) throws {
        try FileManager.default.createDirectory(
            atPath: file(name), withIntermediateDirectories: true)
    }

    /// Writes a file, and the folders above it.
    func write(_ bytes: [UInt8], to name: String) throws {
        if let slash = name.lastIndex(of: "/") { try makeFolder(String(name[..<slash])) }
        try AtomicFile.write(bytes, to: file(name))
    }

    func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

    func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: file(name))))
    }

    func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

    func json(_ name: String) throws -> JSONValue { try JSONValue.parse(try bytes(name)) }

    func exists(_ name: String) -> Bool { fileExists(file(name)) }

    /// The run folders that can be resumed, relative to this folder.
    var runs: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: file("runs"))) ?? []
        return names.sorted().map { "runs/\($0)" }.filter {
            exists("\($0)/\(RunFile.configuration)")
        }
    }

    /// All files below with size and time of the last change, for finding changes.
    func inventory(leavingOut isVolatile: (String) -> Bool = { _ in false }) -> [String: String] {
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        var found: [String: String] = [:]
        for name in names where !isVolatile(name) {
            var status = stat()
            guard lstat(file(name), &status) == 0 else { continue }
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            found[name] =
                isFolder
                ? "folder"
                : "\(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
        }
        return found
    }
}

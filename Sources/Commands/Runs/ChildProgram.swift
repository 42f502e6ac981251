import Foundation
import Glibc
import Support

/// This program as a process of its own, with its output in files.
struct ChildProgram {
    /// How it ended.
    enum Ending: Equatable {
        case exited(Int32)
        case signalled(Int32)
    }

    /// How it ended.
    let ending: Ending
    /// The signal that stopped this process while it waited; nil where nobody asked.
    let stopRequest: String?
    /// What it wrote to standard error.
    let errors: String

    /// Whether it ended with status 0.
    var succeeded: Bool { ending == .exited(0) }

    /// Runs the program to its end.
    ///
    /// A request to stop this process is handed on to it, and waited for.
    ///
    /// - Parameters:
    ///   - arguments: The words after the program's name.
    ///   - scratch: A folder for its output.
    ///   - whileRunning: Called every 50 ms.
    static func run(
        _ arguments: [String], scratch: String, whileRunning: () -> Void = {}
    ) throws -> ChildProgram {
        let errorPath = scratch + "/stderr.txt"
        let identifier = try spawn(
            [programPath] + arguments, output: scratch + "/stdout.txt", errors: errorPath)
        var stopRequest: String?
        var status: Int32 = 0
        while waitpid(identifier, &status, WNOHANG) == 0 {
            if stopRequest == nil, let request = StopSignals.request() {
                stopRequest = request
                kill(identifier, SIGTERM)
            }
            whileRunning()
            usleep(50_000)
        }
        let signal = status & 0x7F
        return ChildProgram(
            ending: signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal),
            stopRequest: stopRequest,
            errors: String(
                decoding: FileManager.default.contents(atPath: errorPath) ?? Data(), as: UTF8.self))
    }

    /// The file that this process runs, also where it was called by a name in the search path.
    private static var programPath: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            ?? CommandLine.arguments[0]
    }

    private static func spawn(_ words: [String], output: String, errors: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let writing = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, writing, 0o644)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, writing, 0o644)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A group of its own: Ctrl-C comes to this process alone, which hands it on once.
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for text in arguments { free(text) } }
        var identifier: pid_t = 0
        let status = posix_spawn(
            &identifier, words[0], &actions, &attributes, &arguments, environ)
        guard status == 0 else {
            throw FileError(
                path: words[0], message: "cannot be started: \(systemMessage(status))")
        }
        return identifier
    }
}

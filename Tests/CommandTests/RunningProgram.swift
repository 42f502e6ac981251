import Foundation
import Glibc
import Synchronization

/// Something about a process that should not happen.
struct ProgramFailure: Error, CustomStringConvertible {
    let description: String
}

/// The program as a process under way. Its output goes to files, so that it never waits for a
/// reader.
final class RunningProgram: Sendable {
    let identifier: pid_t
    private let files: String
    private let start = now()
    private let ending = Mutex<Ending?>(nil)

    init(_ arguments: [String], in folder: Workplace, input: [UInt8] = []) throws {
        files = folder.newPath(for: "process")
        try Data(input).write(to: URL(fileURLWithPath: files + ".in"))
        // `env` becomes the program, in the folder: the process is the program's own.
        identifier = try Self.spawn(
            ["/usr/bin/env", "-C", folder.path, Program.path] + arguments, files: files)
    }

    deinit {
        if ending.withLock({ $0 }) == nil {
            kill(identifier, SIGKILL)
            waitpid(identifier, nil, 0)
        }
    }

    /// What it wrote so far.
    var output: String { text(of: ".out") }
    var errors: String { text(of: ".err") }

    private func text(of suffix: String) -> String {
        String(
            decoding: FileManager.default.contents(atPath: files + suffix) ?? Data(), as: UTF8.self)
    }

    func send(_ signal: Int32) { kill(identifier, signal) }

    /// How it ended; nil while it runs.
    func poll() -> Ending? {
        ending.withLock { ending in
            if let ending { return ending }
            var status: Int32 = 0
            guard waitpid(identifier, &status, WNOHANG) == identifier else { return nil }
            let signal = status & 0x7F
            ending = signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
            return ending
        }
    }

    /// Waits for the end, or brings it about.
    func outcome(killAfter: Double? = nil) throws -> Outcome {
        if let killAfter {
            let rest = max(0, start + killAfter - now())
            if waiting(patience: rest, for: { self.poll() }) == nil { send(SIGKILL) }
        }
        guard let ending = waiting(for: { self.poll() }) else {
            throw ProgramFailure(
                description: "still running after \(Program.patience) s: \(errors)")
        }
        return Outcome(ending: ending, output: output, errors: errors, seconds: now() - start)
    }

    /// Waits until `condition` gives a value; throws when the program ends before.
    func until<Value>(_ condition: () throws -> Value?) throws -> Value {
        let found: Value? = try waiting {
            if let value = try condition() { return value }
            if let ending = poll() {
                throw ProgramFailure(description: "ended early (\(ending)): \(errors)")
            }
            return nil
        }
        guard let found else { throw ProgramFailure(description: "nothing happened: \(errors)") }
        return found
    }

    private static func spawn(_ words: [String], files: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, files + ".in", O_RDONLY, 0)
        let writing = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, 1, files + ".out", writing, 0o644)
        posix_spawn_file_actions_addopen(&actions, 2, files + ".err", writing, 0o644)
        // Signals that the tests' process ignores or blocks would be ignored or blocked here too.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for number in [SIGINT, SIGTERM, SIGPIPE, SIGHUP] { sigaddset(&signals, number) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] =
            Workplace.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + environment { free(text) } }
        var identifier: pid_t = 0
        let status = posix_spawn(
            &identifier, words[0], &actions, &attributes, &arguments, &environment)
        guard status == 0 else {
            throw ProgramFailure(description: "\(words[0]): \(String(cString: strerror(status)))")
        }
        return identifier
    }
}

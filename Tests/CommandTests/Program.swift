import Foundation
import Glibc

/// How a run of the program ended.
enum Ending: Equatable, Sendable {
    case exited(Int32)
    case signalled(Int32)
}

/// A finished run of the program.
struct Outcome: Sendable {
    let ending: Ending
    /// Standard output and standard error.
    let output: String, errors: String
    let seconds: Double

    /// Whether it ended with status 0.
    var succeeded: Bool { ending == .exited(0) }
}

/// The built executable.
enum Program {
    /// Beside the tests' own executable, where the package manager puts both.
    static let path: String = {
        let build = repository + "/.build"
        var folders = ["/proc/self/exe", CommandLine.arguments[0]].map {
            URL(fileURLWithPath: $0).resolvingSymlinksInPath().deletingLastPathComponent().path
        }
        folders += ["\(build)/release", "\(build)/debug"]
        for folder in folders where access(folder + "/residual", X_OK) == 0 {
            return folder + "/residual"
        }
        fatalError("the executable 'residual' is in none of \(folders); build it first")
    }()

    /// The root of the source tree.
    static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// Long enough for any command here on a busy machine.
    static let patience = 240.0

    /// Runs the program to its end.
    ///
    /// - Parameters:
    ///   - arguments: All after the program's name.
    ///   - folder: The working folder.
    ///   - input: What stands on standard input.
    ///   - killAfter: Seconds after which it is killed with SIGKILL.
    static func run(
        _ arguments: [String], in folder: Workplace, input: [UInt8] = [], killAfter: Double? = nil
    ) async throws -> Outcome {
        try await onThread {
            let process = try RunningProgram(arguments, in: folder, input: input)
            return try process.outcome(killAfter: killAfter)
        }
    }
}

/// Runs blocking work on a thread of its own, away from the few threads of the tests.
func onThread<Result: Sendable>(
    _ body: @escaping @Sendable () throws -> Result
) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Thread { continuation.resume(with: Swift.Result { try body() }) }.start()
    }
}

/// Asks `condition` again and again until it gives a value; nil when `patience` is over.
func waiting<Value>(
    patience: Double = Program.patience, for condition: () throws -> Value?
) rethrows -> Value? {
    let end = now() + patience
    while true {
        if let value = try condition() { return value }
        if now() > end { return nil }
        usleep(2000)
    }
}

/// Seconds since some fixed moment.
func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

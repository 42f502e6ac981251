import Glibc
import Testing

/// `residual serve` as a process on a free port.
final class ServerProcess: Sendable {
    let port: Int
    let program: RunningProgram

    /// Starts the server and waits until it says that it listens.
    init(_ model: String, _ options: [String] = [], in place: Workplace) async throws {
        let program = try RunningProgram(
            ["serve", model, "--port", "0"] + options, in: place)
        port = try await onThread {
            try program.until {
                let marker = "on http://127.0.0.1:"
                guard let range = program.errors.range(of: marker) else { return nil }
                let rest = program.errors[range.upperBound...]
                // The line may not be there to its end yet.
                guard rest.contains("\n") else { return nil }
                return Int(rest.prefix { $0.isNumber })
            }
        }
        self.program = program
    }

    func send(_ request: WireRequest) async throws -> Answer {
        let port = port
        return try await onThread { try request.send(to: port) }
    }

    /// Asks it to end, and expects that it does so in good order.
    func stop(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        program.send(SIGTERM)
        let program = program
        let outcome = try await onThread { try program.outcome() }
        #expect(
            outcome.ending == .exited(0), "\(outcome.errors)", sourceLocation: sourceLocation)
    }
}

import Foundation

/// State behind a lock that threads can also wait on: the monitor of Hoare and Brinch Hansen.
///
/// Unchecked: `state` is touched only while `condition` is locked.
final class Monitor<State>: @unchecked Sendable {
    /// What a waiting thread decides each time it looks at the state.
    enum Decision<Result> {
        case done(Result)
        case wait
        case waitUntil(ContinuousClock.Instant)
    }

    private let condition = NSCondition()
    private var state: State

    init(_ state: State) {
        self.state = state
    }

    /// Reads or changes the state and returns at once; wakes no one.
    func withLock<Result>(_ body: (inout State) -> Result) -> Result {
        condition.lock()
        defer { condition.unlock() }
        return body(&state)
    }

    /// Changes the state and wakes every waiting thread to look at it again.
    func update<Result>(_ body: (inout State) -> Result) -> Result {
        condition.lock()
        defer {
            condition.broadcast()
            condition.unlock()
        }
        return body(&state)
    }

    /// Blocks the calling thread until `decide`, run again after every update, is done.
    func block<Result>(until decide: (inout State) -> Decision<Result>) -> Result {
        condition.lock()
        defer { condition.unlock() }
        while true {
            switch decide(&state) {
            case .done(let result): return result
            case .wait: condition.wait()
            case .waitUntil(let instant):
                let seconds = (instant - .now).seconds
                _ = condition.wait(until: Date(timeIntervalSinceNow: max(0, seconds)))
            }
        }
    }
}

extension Duration {
    /// The duration as a number of seconds.
    var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}

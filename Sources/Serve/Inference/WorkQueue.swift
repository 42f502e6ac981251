/// Work handed from asynchronous requests to blocking threads, each piece with one answer.
///
/// A piece is *waiting* until a thread takes it, then *running*. Whoever removes its entry first
/// answers it: the thread that finished it, its deadline, or the cancellation of its request. So a
/// piece is answered exactly once, and an abandoned one is never computed unless it already runs.
final class WorkQueue<Work: Sendable, Answer: Sendable>: Sendable {
    /// A piece of work in the hands of a thread.
    struct Ticket: Sendable {
        let identifier: UInt64
        let work: Work
        let acceptedAt: ContinuousClock.Instant
    }

    fileprivate struct Entry {
        let ticket: Ticket
        let continuation: CheckedContinuation<Answer, any Error>
        var isWaiting = true
    }

    fileprivate struct State {
        var entries: [UInt64: Entry] = [:]
        /// Identifiers in order of arrival; those of abandoned entries are skipped when taken.
        var order: [UInt64] = []
        var waitingCount = 0
        var nextIdentifier: UInt64 = 0
        var isClosed = false
    }

    private let monitor = Monitor(State())

    /// The number of pieces that no thread has taken yet.
    var waitingCount: Int { monitor.withLock { $0.waitingCount } }

    /// Waits for a thread to answer `work`.
    ///
    /// - Throws: what the thread answered with, `WorkRefusal`, or `CancellationError` when the
    ///   calling task is cancelled.
    func submit(
        _ work: Work, deadline: ContinuousClock.Instant
    ) async throws -> Answer {
        let identifier = monitor.withLock { state in
            state.nextIdentifier += 1
            return state.nextIdentifier
        }
        let timer = Task {
            try await Task.sleep(until: deadline, clock: .continuous)
            self.answer(identifier, with: .failure(WorkRefusal.deadlineExceeded))
        }
        defer { timer.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enqueue(
                    Ticket(identifier: identifier, work: work, acceptedAt: .now), continuation)
                // A cancellation or deadline before the entry existed found nothing to answer.
                if Task.isCancelled {
                    answer(identifier, with: .failure(CancellationError()))
                } else if ContinuousClock.now >= deadline {
                    answer(identifier, with: .failure(WorkRefusal.deadlineExceeded))
                }
            }
        } onCancel: {
            answer(identifier, with: .failure(CancellationError()))
        }
    }

    private func enqueue(
        _ ticket: Ticket, _ continuation: CheckedContinuation<Answer, any Error>
    ) {
        let isAccepted = monitor.update { state in
            guard !state.isClosed else { return false }
            state.entries[ticket.identifier] = Entry(ticket: ticket, continuation: continuation)
            state.order.append(ticket.identifier)
            state.waitingCount += 1
            return true
        }
        if !isAccepted { continuation.resume(throwing: WorkRefusal.shuttingDown) }
    }

    /// Answers a piece of work, unless that has happened already.
    func answer(_ identifier: UInt64, with result: Result<Answer, any Error>) {
        let continuation = monitor.update { state -> CheckedContinuation<Answer, any Error>? in
            guard let entry = state.entries.removeValue(forKey: identifier) else { return nil }
            if entry.isWaiting {
                state.waitingCount -= 1
                // Keeps the order short when clients come and go while the threads are busy.
                if state.order.count > 2 * state.waitingCount + 64 {
                    state.order.removeAll { state.entries[$0]?.isWaiting != true }
                }
            }
            return entry.continuation
        }
        continuation?.resume(with: result)
    }

    /// Blocks the calling thread until there is work, and takes up to `limit` pieces of it.
    ///
    /// Work that came after `freeSince`, when the thread had nothing to do, is taken at once. Work
    /// that had to wait for the thread is held until the oldest piece has waited `delay` in all, or
    /// until there are `limit` pieces. A thread that was never busy holds nothing.
    ///
    /// - Returns: nil when the queue is closed and empty.
    func take(
        atMost limit: Int, holdingUpTo delay: Duration = .zero,
        freeSince: ContinuousClock.Instant? = nil
    ) -> [Ticket]? {
        monitor.block { state in
            guard let oldest = state.oldestWaiting else {
                return state.isClosed ? .done(nil) : .wait
            }
            let due = oldest.acceptedAt + delay
            let hadToWait = freeSince.map { oldest.acceptedAt < $0 } ?? false
            let isHeld = hadToWait && ContinuousClock.now < due
            if isHeld, !state.isClosed, state.waitingCount < limit { return .waitUntil(due) }
            return .done(state.takeWaiting(atMost: limit))
        }
    }

    /// Refuses further work and lets the threads leave once what is waiting is done.
    func close() {
        monitor.update { $0.isClosed = true }
    }
}

fileprivate extension WorkQueue.State {
    /// The first piece in order of arrival that no thread has taken.
    var oldestWaiting: WorkQueue.Ticket? {
        guard waitingCount > 0 else { return nil }
        for identifier in order {
            if let entry = entries[identifier], entry.isWaiting { return entry.ticket }
        }
        return nil
    }

    /// Marks up to `limit` waiting pieces as running and returns them in order of arrival.
    mutating func takeWaiting(atMost limit: Int) -> [WorkQueue.Ticket] {
        var taken: [WorkQueue.Ticket] = []
        var passed = 0
        for identifier in order {
            guard taken.count < limit else { break }
            passed += 1
            guard let entry = entries[identifier], entry.isWaiting else { continue }
            entries[identifier]?.isWaiting = false
            taken.append(entry.ticket)
        }
        order.removeFirst(passed)
        waitingCount -= taken.count
        return taken
    }
}

/// Why work was not done although nothing was wrong with it.
enum WorkRefusal: Error, Equatable {
    /// As many images as allowed are pending already.
    case queueFull(limit: Int)
    /// The answer did not come in time.
    case deadlineExceeded
    /// The server accepts nothing more.
    case shuttingDown
}

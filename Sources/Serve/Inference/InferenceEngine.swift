import Foundation
import ServiceLifecycle
import Synchronization

/// What the routes need of a model: facts, and answers for uploaded files.
protocol ImageClassifying: Sendable {
    var information: ModelInformation { get }
    /// Images waiting for a preparation thread and for the inference thread.
    var queueDepths: (preparation: Int, prediction: Int) { get }
    /// Prepares and classifies one uploaded image; returns when the answer is there.
    func classify(_ upload: ImageUpload) async throws -> Classification
}

/// The answer for one image, with the time it took in seconds.
struct Classification: Sendable {
    var probabilities: [Float]
    var batchSize: Int
    var preparationSeconds: Double
    var queueSeconds: Double
    var predictionSeconds: Double
}

/// Runs a model: a few threads prepare uploads, one thread predicts in micro-batches.
///
/// As a service it lives from `run` to the graceful shutdown, and then finishes what it accepted.
final class InferenceEngine<Model: ServedModel>: ImageClassifying, Service {
    private struct Prepared: Sendable {
        let input: Model.Input
        let seconds: Double
    }

    private struct Prediction: Sendable {
        let probabilities: [Float]
        let batchSize: Int
        let queueSeconds: Double
        let predictionSeconds: Double
    }

    private let model: Model
    private let configuration: ServerConfiguration
    private let metrics: ServerMetrics
    private let preparation = WorkQueue<ImageUpload, Prepared>()
    private let prediction = WorkQueue<Model.Input, Prediction>()
    private let pendingCount = Mutex(0)

    init(model: Model, configuration: ServerConfiguration, metrics: ServerMetrics) {
        self.model = model
        self.configuration = configuration
        self.metrics = metrics
    }

    var information: ModelInformation { model.information }

    var queueDepths: (preparation: Int, prediction: Int) {
        (preparation.waitingCount, prediction.waitingCount)
    }

    func classify(_ upload: ImageUpload) async throws -> Classification {
        let deadline = ContinuousClock.now + configuration.deadline
        try admit()
        defer { pendingCount.withLock { $0 -= 1 } }
        do {
            let prepared = try await preparation.submit(upload, deadline: deadline)
            let answer = try await prediction.submit(prepared.input, deadline: deadline)
            return Classification(
                probabilities: answer.probabilities, batchSize: answer.batchSize,
                preparationSeconds: prepared.seconds, queueSeconds: answer.queueSeconds,
                predictionSeconds: answer.predictionSeconds)
        } catch {
            switch error {
            case is CancellationError: metrics.recordRejection(.disconnected)
            case WorkRefusal.deadlineExceeded: metrics.recordRejection(.deadline)
            case WorkRefusal.shuttingDown: metrics.recordRejection(.shutdown)
            default: break
            }
            throw error
        }
    }

    /// Counts an image in, or refuses it before any work is spent on it.
    private func admit() throws {
        let limit = configuration.maximumPendingImages
        let isAdmitted = pendingCount.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
        if !isAdmitted {
            metrics.recordRejection(.queueFull)
            throw WorkRefusal.queueFull(limit: limit)
        }
    }

    /// Keeps the threads running until the service is shut down.
    func run() async {
        await withDiscardingTaskGroup { group in
            for number in 0..<configuration.preparationThreadCount {
                group.addTask {
                    await onOwnThread(named: "prepare-\(number)") { self.prepareUntilClosed() }
                }
            }
            group.addTask {
                await onOwnThread(named: "inference") { self.predictUntilClosed() }
            }
            try? await gracefulShutdown()
            preparation.close()
            prediction.close()
        }
    }

    private func prepareUntilClosed() {
        let limits = ImageLimits(maximumPixels: configuration.maximumPixels)
        while let tickets = preparation.take(atMost: 1) {
            for ticket in tickets {
                let start = ContinuousClock.now
                let result = Result {
                    try model.prepare(try ticket.work.imageBytes(), limits: limits)
                }
                let seconds = (ContinuousClock.now - start).seconds
                metrics.recordPreparation(seconds: seconds)
                preparation.answer(
                    ticket.identifier,
                    with: result.map { Prepared(input: $0, seconds: seconds) })
            }
        }
    }

    private func predictUntilClosed() {
        var freeSince: ContinuousClock.Instant?
        while let tickets = prediction.take(
            atMost: configuration.maximumBatchSize,
            holdingUpTo: configuration.maximumBatchDelay, freeSince: freeSince)
        {
            freeSince = predict(tickets)
        }
    }

    /// Predicts and answers; returns the time between the two, when the thread became free.
    ///
    /// Taken before the answers go out, so that a client's next request always counts as later.
    private func predict(
        _ tickets: [WorkQueue<Model.Input, Prediction>.Ticket]
    ) -> ContinuousClock.Instant {
        let start = ContinuousClock.now
        let result = Result { try checkedPrediction(of: tickets.map(\.work)) }
        let end = ContinuousClock.now
        switch result {
        case .success(let rows):
            let seconds = (end - start).seconds
            metrics.recordBatch(size: tickets.count, seconds: seconds)
            for (ticket, row) in zip(tickets, rows) {
                let queueSeconds = (start - ticket.acceptedAt).seconds
                metrics.recordQueue(seconds: queueSeconds)
                let answer = Prediction(
                    probabilities: row, batchSize: tickets.count, queueSeconds: queueSeconds,
                    predictionSeconds: seconds)
                prediction.answer(ticket.identifier, with: .success(answer))
            }
            return end
        case .failure where tickets.count > 1:
            // One image must not spoil the answers of those that happened to share its batch.
            return tickets.reduce(end) { _, ticket in predict([ticket]) }
        case .failure(let error):
            prediction.answer(tickets[0].identifier, with: .failure(error))
            return end
        }
    }

    private func checkedPrediction(of inputs: [Model.Input]) throws -> [[Float]] {
        let rows = try model.predict(inputs)
        let classCount = model.information.classNames.count
        guard rows.count == inputs.count, rows.allSatisfy({ $0.count == classCount }) else {
            throw ModelFault(
                "expected \(inputs.count) rows of \(classCount) probabilities, but the model "
                    + "returned rows of \(rows.map(\.count))")
        }
        guard rows.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
            throw ModelFault("the model returned probabilities that are not finite")
        }
        return rows
    }
}

/// An answer of the model that cannot be passed on; the fault is on our side.
struct ModelFault: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Runs `body` on a thread of its own and returns when it has ended.
private func onOwnThread(named name: String, _ body: @escaping @Sendable () -> Void) async {
    await withCheckedContinuation { continuation in
        let thread = Thread {
            body()
            continuation.resume()
        }
        thread.name = name
        thread.stackSize = 8 << 20
        thread.start()
    }
}

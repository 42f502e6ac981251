import Synchronization

/// Everything the server counts, present with zeros before the first request.
final class ServerMetrics: Sendable {
    /// Why an accepted or offered image was not classified.
    enum Rejection: String, CaseIterable {
        case queueFull = "queue_full"
        case deadline
        case disconnected
        case shutdown
    }

    /// One series of `request_duration_seconds`.
    struct RequestKey: Hashable, Sendable {
        var route: String
        var method: String
        var status: Int
    }

    private struct State {
        var requests: [RequestKey: Histogram] = [:]
        var requestsInProgress = 0
        var preparation = Histogram(bounds: Histogram.secondsBounds)
        var queue = Histogram(bounds: Histogram.secondsBounds)
        var prediction = Histogram(bounds: Histogram.secondsBounds)
        var batchSize = Histogram(bounds: Histogram.batchBounds)
        var rejections: [Rejection: Int] = [:]
    }

    private let modelName: String
    private let state = Mutex(State())

    init(modelName: String) {
        self.modelName = modelName
    }

    /// Makes the series of a route exist before its first request.
    func declare(route: String, method: String) {
        state.withLock { state in
            let key = RequestKey(route: route, method: method, status: 200)
            state.requests[key] = Histogram(bounds: Histogram.secondsBounds)
        }
    }

    func recordRequestStart() {
        state.withLock { $0.requestsInProgress += 1 }
    }

    func recordRequestEnd(_ key: RequestKey, seconds: Double) {
        state.withLock { state in
            state.requestsInProgress -= 1
            state.requests[key, default: Histogram(bounds: Histogram.secondsBounds)]
                .observe(seconds)
        }
    }

    func recordPreparation(seconds: Double) {
        state.withLock { $0.preparation.observe(seconds) }
    }

    func recordQueue(seconds: Double) {
        state.withLock { $0.queue.observe(seconds) }
    }

    func recordBatch(size: Int, seconds: Double) {
        state.withLock { state in
            state.batchSize.observe(Double(size))
            state.prediction.observe(seconds)
        }
    }

    func recordRejection(_ reason: Rejection) {
        state.withLock { $0.rejections[reason, default: 0] += 1 }
    }

    /// All series in the Prometheus text format.
    func text(queueDepths: (preparation: Int, prediction: Int)) -> String {
        let state = state.withLock { $0 }
        var text = MetricsText()
        writeRequests(state, into: &text)
        writeInference(state, queueDepths: queueDepths, into: &text)
        ProcessFigures.now().write(into: &text)
        return text.text
    }

    private func writeRequests(_ state: State, into text: inout MetricsText) {
        text.family(
            "request_duration_seconds", type: "histogram",
            help: "Time from the head of a request to its answer.")
        let ordered = state.requests.sorted {
            ($0.key.route, $0.key.method, $0.key.status)
                < ($1.key.route, $1.key.method, $1.key.status)
        }
        for (key, histogram) in ordered {
            text.histogram(
                "request_duration_seconds",
                [("route", key.route), ("method", key.method), ("status", String(key.status))],
                histogram)
        }
        text.family(
            "requests_in_progress", type: "gauge", help: "Requests that have no answer yet.")
        text.sample("requests_in_progress", [], Double(state.requestsInProgress))
    }

    private func writeInference(
        _ state: State, queueDepths: (preparation: Int, prediction: Int),
        into text: inout MetricsText
    ) {
        let model: MetricsText.Labels = [("model", modelName)]
        let histograms: [(name: String, help: String, histogram: Histogram)] = [
            (
                "inference_preprocess_seconds", "Decoding and preprocessing of one upload.",
                state.preparation
            ),
            (
                "inference_queue_seconds", "Waiting of one prepared image for its forward pass.",
                state.queue
            ),
            ("inference_predict_seconds", "One forward pass.", state.prediction),
            ("inference_batch_size", "Images in one forward pass.", state.batchSize),
        ]
        for (name, help, histogram) in histograms {
            text.family(name, type: "histogram", help: help)
            text.histogram(name, model, histogram)
        }
        text.family("inference_queue_depth", type: "gauge", help: "Images waiting for a thread.")
        text.sample(
            "inference_queue_depth", model + [("stage", "preprocess")],
            Double(queueDepths.preparation))
        text.sample(
            "inference_queue_depth", model + [("stage", "predict")],
            Double(queueDepths.prediction))
        text.family(
            "inference_rejected_total", type: "counter", help: "Images that were not classified.")
        for reason in Rejection.allCases {
            text.sample(
                "inference_rejected_total", model + [("reason", reason.rawValue)],
                Double(state.rejections[reason] ?? 0))
        }
        text.family("model_ready", type: "gauge", help: "Whether the model can answer.")
        text.sample("model_ready", model, 1)
    }
}

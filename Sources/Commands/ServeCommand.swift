import ArgumentParser
import Inference
import Logging
import Serve
import Support
import Tensor

/// `residual serve`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Answer HTTP requests with a trained model.",
        discussion: """
            One checkpoint file is all it needs: classes and preprocessing are in it.

              residual serve runs/20260101-120000-cifar10-cnn
              curl -F file=@cat.jpg http://127.0.0.1:6005/predict
              curl -H 'Content-Type: image/jpeg' --data-binary @cat.jpg http://127.0.0.1:6005/predict

            GET  /health  /model_info  /metrics  and a page for people at /
            POST /predict  /classify/image

            SIGTERM and Ctrl-C finish what was accepted, then end.
            """)

    @Argument(help: "A checkpoint, or a run's folder (its best checkpoint, else the last).")
    var model: String

    @Option(
        help:
            "Which of the model's tasks, where it has several. Default: the first about pictures."
    )
    var task: String?

    @Option(help: "The address to listen on; 0.0.0.0 for all.")
    var host = "127.0.0.1"

    @Option(help: "The port; 0 takes a free one.")
    var port = 6005

    @Option(help: "Threads that compute. Default: all cores.")
    var threads: Int?

    @Option(help: "Largest number of pictures computed together.")
    var maxBatch = 16

    @Option(help: "Longest time a picture waits for others, in milliseconds.")
    var maxDelay = 2

    @Option(help: "Pictures that may wait; more are refused with 503.")
    var queue = 128

    @Option(help: "Longest time a request may take, in seconds; then it gets 504.")
    var deadline = 30

    @Option(help: "Largest upload in MiB; more gets 413.")
    var maxUpload = 20

    @Option(help: "Largest picture in millions of pixels; more gets 413.")
    var maxPixels = 64

    @Option(help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel = "info"

    func validate() throws {
        try Threads.validate(threads)
        guard (0...65_535).contains(port) else {
            throw ValidationError("--port \(port): expected 0 to 65535.")
        }
        for (name, value) in [
            ("max-batch", maxBatch), ("queue", queue), ("deadline", deadline),
            ("max-upload", maxUpload), ("max-pixels", maxPixels),
        ] where !(1...1_000_000).contains(value) {
            throw ValidationError("--\(name) \(value): expected 1 to 1,000,000.")
        }
        guard (0...60_000).contains(maxDelay) else {
            throw ValidationError("--max-delay \(maxDelay): expected 0 to 60,000.")
        }
        guard Logger.Level(rawValue: logLevel) != nil else {
            let known = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--log-level \(logLevel): expected one of \(known).")
        }
    }

    func run() async throws {
        var logger = Logger(label: "residual") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = Logger.Level(rawValue: logLevel) ?? .info
        do {
            let file = try ModelFile(model)
            Threads.apply(threads, file.description.numerics)
            let served = try ServedClassifier(file: file, task: task)
            try await serve(model: served, configuration: configuration, logger: logger) {
                address in
                Terminal.note("serving \(served.information.name) on \(address)")
                Terminal.note("stop with Ctrl-C")
            }
        } catch let error as ServerStartError {
            throw Failure.report(error, Failure.usage)
        } catch {
            throw Failure.report(error)
        }
    }

    private var configuration: ServerConfiguration {
        var configuration = ServerConfiguration()
        configuration.host = host
        configuration.port = port
        configuration.maximumBatchSize = maxBatch
        configuration.maximumBatchDelay = .milliseconds(maxDelay)
        configuration.maximumPendingImages = queue
        configuration.deadline = .seconds(deadline)
        configuration.maximumUploadBytes = maxUpload << 20
        configuration.maximumPixels = maxPixels * 1_000_000
        return configuration
    }
}

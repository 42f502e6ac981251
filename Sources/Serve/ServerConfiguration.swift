/// Where the server listens and what it lets a client ask of it.
///
/// The defaults suit one machine: the loopback address, and limits that a phone photograph passes.
public struct ServerConfiguration: Sendable {
    /// The address to listen on; `127.0.0.1` keeps the server private to the machine.
    public var host: String = "127.0.0.1"
    /// The port to listen on; 0 lets the system choose one, which `onReady` reports.
    public var port: Int = 6005
    /// The largest request body in bytes.
    public var maximumUploadBytes: Int = 20 << 20
    /// The largest width × height that is decoded.
    public var maximumPixels: Int = 64_000_000
    /// The number of connections served at once; further ones wait in the listen backlog.
    public var maximumConnections: Int = 256
    /// A connection that neither sends nor receives for so long is closed.
    public var idleTimeout: Duration = .seconds(60)
    /// The most images that are waiting or being worked on; further ones are answered with 503.
    public var maximumPendingImages: Int = 128
    /// The number of threads that decode and preprocess uploads.
    public var preparationThreadCount: Int = 2
    /// The largest number of images in one forward pass.
    public var maximumBatchSize: Int = 16
    /// How long the oldest waiting image may be held back for a fuller batch.
    ///
    /// Nothing is held back when the model was idle: the first image then starts at once.
    public var maximumBatchDelay: Duration = .milliseconds(2)
    /// The time from the complete upload to the answer, after which it is 504.
    public var deadline: Duration = .seconds(30)
    /// Whether SIGTERM and SIGINT shut the server down gracefully.
    public var stopsOnSignals: Bool = true
    /// How long a graceful shutdown waits for accepted work before it drops the rest.
    public var shutdownGracePeriod: Duration = .seconds(30)

    /// The default configuration.
    public init() {}

    /// Throws `ServerStartError` naming the first setting that makes no sense.
    func validate() throws(ServerStartError) {
        let counts: [(name: String, value: Int)] = [
            ("maximumUploadBytes", maximumUploadBytes), ("maximumPixels", maximumPixels),
            ("maximumConnections", maximumConnections),
            ("maximumPendingImages", maximumPendingImages),
            ("preparationThreadCount", preparationThreadCount),
            ("maximumBatchSize", maximumBatchSize),
        ]
        for (name, value) in counts where value < 1 {
            throw ServerStartError("the server's \(name) must be at least 1, but is \(value)")
        }
        guard (0...65_535).contains(port) else {
            throw ServerStartError("port \(port) is not between 0 and 65535")
        }
        guard deadline > .zero else {
            throw ServerStartError("the server's deadline must be positive, but is \(deadline)")
        }
    }
}

/// Why the server could not start, in words for the person who started it.
public struct ServerStartError: Error, Equatable, CustomStringConvertible {
    /// What was wrong and what to do.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}

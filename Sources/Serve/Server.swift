import Glibc
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// Where a running server listens.
public struct ServerAddress: Sendable, Equatable, CustomStringConvertible {
    /// The host as configured.
    public let host: String
    /// The port that was bound; never 0.
    public let port: Int

    /// The address as a browser takes it.
    public var description: String {
        host.contains(":") ? "http://[\(host)]:\(port)" : "http://\(host):\(port)"
    }
}

/// Serves `model` over HTTP until the process is asked to stop or the task is cancelled.
///
/// On SIGTERM, SIGINT or a graceful shutdown of the surrounding service group, the server takes no
/// new connections, answers what it has accepted, and returns.
///
/// - Parameters:
///   - logger: receives one `info` line per request, with the request's identifier.
///   - onReady: called once, when connections are accepted.
/// - Throws: `ServerStartError` when the configuration makes no sense or the address cannot be
///   bound, for example because another process uses the port.
public func serve(
    model: some ServedModel, configuration: ServerConfiguration = ServerConfiguration(),
    logger: Logger, onReady: @escaping @Sendable (ServerAddress) async -> Void = { _ in }
) async throws {
    let application = try makeApplication(
        model: model, configuration: configuration, logger: logger, onReady: onReady)
    var group = ServiceGroupConfiguration(
        services: [application],
        gracefulShutdownSignals: configuration.stopsOnSignals ? [.sigterm, .sigint] : [],
        logger: logger)
    group.maximumGracefulShutdownDuration = configuration.shutdownGracePeriod
    do {
        try await ServiceGroup(configuration: group).run()
    } catch let error as IOError {
        throw ServerStartError(bindError: error, configuration)
    } catch let error as SocketAddressError {
        throw ServerStartError("the server cannot listen on \(configuration.host): \(error)")
    }
}

/// The server as a Hummingbird application, for tests that send requests without a socket.
package func makeApplication(
    model: some ServedModel, configuration: ServerConfiguration, logger: Logger,
    onReady: @escaping @Sendable (ServerAddress) async -> Void = { _ in }
) throws(ServerStartError) -> some ApplicationProtocol {
    try configuration.validate()
    let metrics = ServerMetrics(modelName: model.information.name)
    let engine = InferenceEngine(model: model, configuration: configuration, metrics: metrics)
    let connections = ConnectionRegistry()
    let services = Services(
        classifier: engine, metrics: metrics, connections: connections,
        configuration: configuration)
    return Application(
        router: makeRouter(services),
        server: .http1(
            configuration: .init(
                additionalChannelHandlers: [
                    ConnectionHandler(
                        registry: connections,
                        maximumUploadBytes: configuration.maximumUploadBytes)
                ],
                idleTimeout: .init(configuration.idleTimeout))),
        configuration: ApplicationConfiguration(
            address: .hostname(configuration.host, port: configuration.port),
            availableConnectionsDelegate: MaximumAvailableConnections(
                configuration.maximumConnections)),
        services: [engine],
        onServerRunning: { channel in
            let port = channel.localAddress?.port ?? configuration.port
            await onReady(ServerAddress(host: configuration.host, port: port))
        },
        logger: logger)
}

extension ServerStartError {
    fileprivate init(bindError error: IOError, _ configuration: ServerConfiguration) {
        let place = "\(configuration.host):\(configuration.port)"
        switch error.errnoCode {
        case EADDRINUSE:
            self.init(
                "port \(configuration.port) on \(configuration.host) is in use; stop the process "
                    + "that uses it, or choose another port")
        case EACCES:
            self.init("the server may not listen on \(place); ports below 1024 need privileges")
        case EADDRNOTAVAIL:
            self.init("\(configuration.host) is not an address of this machine")
        default: self.init("the server cannot listen on \(place): \(error)")
        }
    }
}

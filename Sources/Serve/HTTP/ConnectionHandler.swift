import HTTPTypes
import NIOCore
import NIOHTTPTypes
import Synchronization

/// Watches one connection: says when the client hung up, and answers `Expect: 100-continue`.
///
/// A client that closes only its sending side counts as one that hung up, as in other servers:
/// over TCP the two cannot be told apart before an answer is written.
final class ConnectionHandler: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundOut = HTTPResponsePart

    private struct State {
        var isClosed = false
        var nextIdentifier = 0
        var observers: [Int: @Sendable () -> Void] = [:]
    }

    private let registry: ConnectionRegistry
    private let maximumUploadBytes: Int
    private let state = Mutex(State())

    init(registry: ConnectionRegistry, maximumUploadBytes: Int) {
        self.registry = registry
        self.maximumUploadBytes = maximumUploadBytes
    }

    func handlerAdded(context: ChannelHandlerContext) {
        registry.add(self, for: context.channel)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        registry.remove(context.channel)
        hangUp()
    }

    func channelInactive(context: ChannelHandlerContext) {
        hangUp()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { hangUp() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let head) = unwrapInboundIn(data), shouldContinue(head) {
            let interim = HTTPResponse(status: .continue)
            context.writeAndFlush(wrapOutboundOut(.head(interim)), promise: nil)
        }
        context.fireChannelRead(data)
    }

    /// Whether the client waits for leave to send a body, and may have it.
    private func shouldContinue(_ head: HTTPRequest) -> Bool {
        guard head.headerFields[.expect]?.lowercased() == "100-continue" else { return false }
        guard let length = head.headerFields[.contentLength].flatMap({ Int($0) }) else {
            return true
        }
        return length <= maximumUploadBytes
    }

    /// Calls `action` once when the client hangs up, at once if it has already.
    func onHangUp(_ action: @escaping @Sendable () -> Void) -> Int {
        let (identifier, isClosed) = state.withLock { state in
            state.nextIdentifier += 1
            if !state.isClosed { state.observers[state.nextIdentifier] = action }
            return (state.nextIdentifier, state.isClosed)
        }
        if isClosed { action() }
        return identifier
    }

    /// Forgets an action that `onHangUp` registered.
    func forget(_ identifier: Int) {
        _ = state.withLock { $0.observers.removeValue(forKey: identifier) }
    }

    private func hangUp() {
        let observers = state.withLock { state in
            state.isClosed = true
            defer { state.observers = [:] }
            return state.observers
        }
        for action in observers.values { action() }
    }
}

/// The open connections of a server, found by their channel.
final class ConnectionRegistry: Sendable {
    private let handlers = Mutex<[ObjectIdentifier: ConnectionHandler]>([:])

    func add(_ handler: ConnectionHandler, for channel: any Channel) {
        handlers.withLock { $0[ObjectIdentifier(channel)] = handler }
    }

    func remove(_ channel: any Channel) {
        _ = handlers.withLock { $0.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    /// Runs `operation`, and cancels it when the client on `channel` hangs up.
    func cancellingOnHangUp<Result: Sendable>(
        of channel: any Channel, _ operation: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let found = handlers.withLock { $0[ObjectIdentifier(channel)] }
        guard let handler = found else { return try await operation() }
        let task = Task { try await operation() }
        let identifier = handler.onHangUp { task.cancel() }
        defer { handler.forget(identifier) }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }
}

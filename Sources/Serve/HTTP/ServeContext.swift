import Hummingbird
import Logging
import NIOCore

/// What travels with a request through the middleware to its handler.
struct ServeContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The connection that the request came on.
    let channel: any Channel
    /// The `X-Request-ID` of the request, or one that the server chose.
    var requestID = ""
    /// When the head of the request was read.
    let start = ContinuousClock.now

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}

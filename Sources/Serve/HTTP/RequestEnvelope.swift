import HTTPTypes
import Hummingbird
import Logging
import NIOHTTP1

extension HTTPField.Name {
    static let requestID = HTTPField.Name("X-Request-ID")!
}

/// What every request gets: an identifier, an answer even to errors, a log line, and its metrics.
struct RequestEnvelope: RouterMiddleware {
    typealias Context = ServeContext

    let metrics: ServerMetrics

    func handle(
        _ request: Request, context: ServeContext,
        next: (Request, ServeContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.requestID = requestID(of: request) ?? RequestID().description
        context.logger[metadataKey: "request_id"] = "\(context.requestID)"
        metrics.recordRequestStart()
        var response: Response
        do {
            response = try await next(request, context)
        } catch let error as HTTPParserError {
            // Hummingbird answers broken framing itself, and closes the connection.
            record(request, context, status: .badRequest)
            throw error
        } catch {
            let answer = ErrorResponse(error, request: request, requestID: context.requestID)
            if answer.status == .internalServerError {
                context.logger.error("request failed", metadata: ["error": "\(error)"])
            } else {
                context.logger.debug("request refused", metadata: ["detail": "\(answer.detail)"])
            }
            response = answer.response
        }
        response.headers[.requestID] = context.requestID
        record(request, context, status: response.status)
        return response
    }

    private func record(
        _ request: Request, _ context: ServeContext, status: HTTPResponse.Status
    ) {
        let seconds = (ContinuousClock.now - context.start).seconds
        // Paths that match no route are the client's choice and must not become new series.
        let path = context.endpointPath ?? "NotFound"
        let route = path == "NotFound" ? "unmatched" : path
        let method = Route.knownMethods.contains(request.method) ? request.method.rawValue : "other"
        metrics.recordRequestEnd(
            .init(route: route, method: method, status: status.code), seconds: seconds)
        context.logger.info(
            "request",
            metadata: [
                "method": "\(request.method)", "path": "\(request.uri.path)",
                "status": "\(status.code)", "milliseconds": "\((seconds * 1e5).rounded() / 1e2)",
            ])
    }

    /// The client's own identifier, when it is one that can be echoed and logged safely.
    private func requestID(of request: Request) -> String? {
        guard let value = request.headers[.requestID], (1...128).contains(value.utf8.count),
            value.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        return value
    }
}

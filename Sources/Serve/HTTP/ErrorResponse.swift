import Hummingbird
import Support

/// What an error becomes on the wire. This is the only place that maps errors to statuses.
struct ErrorResponse {
    var status: HTTPResponse.Status
    var detail: String
    var headers: HTTPFields = [:]

    /// The client hung up, so no one reads this; the metrics and the log do.
    static let clientClosedRequest = HTTPResponse.Status(
        code: 499, reasonPhrase: "Client Closed Request")

    init(_ status: HTTPResponse.Status, _ detail: String, headers: HTTPFields = [:]) {
        self.status = status
        self.detail = detail
        self.headers = headers
    }

    init(_ error: any Error, request: Request, requestID: String) {
        switch error {
        case let error as RequestError: self.init(error)
        case let error as ImageRejection: self.init(error)
        case let error as WorkRefusal: self.init(error)
        case is CancellationError:
            self.init(Self.clientClosedRequest, "the client closed the connection")
        case let error as HTTPError where error.status == .notFound:
            self.init(.notFound, "there is no route \(request.method) \(request.uri.path)")
        case let error as HTTPError:
            self.init(error.status, error.body ?? error.status.reasonPhrase, headers: error.headers)
        default:
            self.init(
                .internalServerError,
                "the server failed on this request; its log has the reason under request id "
                    + requestID)
        }
    }

    private init(_ error: RequestError) {
        switch error {
        case .badRequest(let detail): self.init(.badRequest, detail)
        case .forbidden(let detail): self.init(.forbidden, detail)
        case .tooLarge(let detail): self.init(.contentTooLarge, detail)
        case .unsupportedMediaType(let detail): self.init(.unsupportedMediaType, detail)
        case .unprocessable(let detail): self.init(.unprocessableContent, detail)
        case .methodNotAllowed(let method, let path, let allowed):
            let list = allowed.joined(separator: ", ")
            self.init(
                .methodNotAllowed, "\(path) does not answer \(method), only \(list)",
                headers: [.allow: list])
        }
    }

    private init(_ error: ImageRejection) {
        switch error {
        case .undecodable(let reason):
            self.init(.unprocessableContent, "the image cannot be decoded: \(reason)")
        case .tooManyPixels(let width, let height, let limit):
            self.init(
                .contentTooLarge,
                "the image has \(width) x \(height) pixels, more than the limit of \(limit)")
        }
    }

    private init(_ error: WorkRefusal) {
        switch error {
        case .queueFull(let limit):
            self.init(
                .serviceUnavailable, "\(limit) images are pending already; try again later",
                headers: [.retryAfter: "1"])
        case .shuttingDown:
            self.init(
                .serviceUnavailable, "the server is shutting down", headers: [.retryAfter: "5"])
        case .deadlineExceeded:
            self.init(.gatewayTimeout, "the answer was not ready before the deadline")
        }
    }

    /// The body that clients of every route read: `{"detail": "…"}`.
    var response: Response {
        var response = Response.json(["detail": .string(detail)], status: status)
        response.headers.append(contentsOf: headers)
        return response
    }
}

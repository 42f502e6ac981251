/// A mistake of the client; the text says what was expected and what came.
enum RequestError: Error, Equatable {
    case badRequest(String)
    case forbidden(String)
    case methodNotAllowed(method: String, path: String, allowed: [String])
    case tooLarge(String)
    case unsupportedMediaType(String)
    case unprocessable(String)
}

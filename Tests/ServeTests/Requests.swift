import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Serve
import Support

/// A logger that discards everything.
let silentLogger = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }

/// Runs `body` with a client that sends requests straight to the router.
func withServer<Result>(
    _ model: FakeModel = FakeModel(), over setup: TestingSetup = .router,
    configure: (inout ServerConfiguration) -> Void = { _ in },
    _ body: @Sendable (any TestClientProtocol) async throws -> Result
) async throws -> Result {
    var configuration = ServerConfiguration()
    configure(&configuration)
    let application = try makeApplication(
        model: model, configuration: configuration, logger: silentLogger)
    return try await application.test(setup, body)
}

/// A request with everything that tells it from others.
struct TestRequest: Sendable {
    var method: HTTPRequest.Method = .post
    var path = "/predict"
    var contentType: String?
    var headers: HTTPFields = [:]
    var body: [UInt8] = []

    func send(to client: any TestClientProtocol) async throws -> TestResponse {
        var headers = headers
        if let contentType { headers[.contentType] = contentType }
        return try await client.executeRequest(
            uri: path, method: method, headers: headers, body: ByteBuffer(bytes: body))
    }

    static func get(_ path: String) -> TestRequest {
        TestRequest(method: .get, path: path)
    }

    static func raw(
        _ body: [UInt8], _ contentType: String? = "image/jpeg", path: String = "/predict"
    ) -> TestRequest {
        TestRequest(path: path, contentType: contentType, body: body)
    }

    static func json(_ text: String) -> TestRequest {
        raw(Array(text.utf8), "application/json")
    }

    static func form(_ text: String) -> TestRequest {
        raw(Array(text.utf8), "application/x-www-form-urlencoded")
    }

    /// A form with one field, by default as a browser uploads a file.
    static func multipart(
        _ content: [UInt8], field: String = "file", partType: String? = "image/png",
        path: String = "/predict"
    ) -> TestRequest {
        raw(
            multipartBody([(field, partType, content)], boundary: "xYz-Boundary"),
            "multipart/form-data; boundary=xYz-Boundary", path: path)
    }
}

/// The body of a multipart form.
func multipartBody(
    _ parts: [(name: String, type: String?, content: [UInt8])], boundary: String
) -> [UInt8] {
    var body: [UInt8] = []
    for part in parts {
        body += "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(part.name)\"".utf8
        if let type = part.type {
            body += "; filename=\"a photo.png\"\r\nContent-Type: \(type)".utf8
        }
        body += "\r\n\r\n".utf8
        body += part.content
        body += "\r\n".utf8
    }
    return body + "--\(boundary)--\r\n".utf8
}

extension TestResponse {
    var text: String { String(buffer: body) }

    func json() throws -> JSONValue {
        try JSONValue.parse(text)
    }

    /// The message of an error body, which must have nothing else in it.
    func detail() throws -> String? {
        let document = try json()
        guard document.members?.map(\.key) == ["detail"] else { return nil }
        return document["detail"]?.string
    }
}

extension JSONValue {
    /// The keys of an object in order.
    var keys: [String]? { members?.map(\.key) }

    /// The values of an object as single-precision numbers.
    var floats: [Float]? { members?.compactMap { $0.value.number.map { Float($0) } } }
}

import HTTPTypes
import Serve
import Testing

/// A request that cannot be answered, and what the client must be told.
struct ImpossibleRequest: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let request: TestRequest
    let status: Int
    let detail: String

    init(_ description: String, _ request: TestRequest, _ status: Int, _ detail: String) {
        testDescription = description
        self.request = request
        self.status = status
        self.detail = detail
    }
}

private let image = FakeModel.image(7)
private let boundaryType = "multipart/form-data; boundary=b"

private func multipart(_ text: String, _ type: String = boundaryType) -> TestRequest {
    .raw(Array(text.utf8), type)
}

private let part = "Content-Disposition: form-data; name=\"file\"\r\n\r\nIMG"

private let impossibleRequests: [ImpossibleRequest] = [
    .init("unknown route", .get("/nothing/here"), 404, "there is no route GET /nothing/here"),
    .init("wrong method", .get("/predict"), 405, "/predict does not answer GET, only POST"),
    .init(
        "wrong method on a page", TestRequest(method: .delete, path: "/health"), 405,
        "/health does not answer DELETE, only GET, HEAD"),
    .init("no media type", .raw(image, nil), 415, "Content-Type is missing"),
    .init("text", .raw(image, "text/plain"), 415, "Content-Type 'text/plain' is not accepted"),
    .init("another image format", .raw(image, "image/gif"), 415, "'image/gif' is not accepted"),
    .init(
        "compressed body",
        TestRequest(contentType: "image/png", headers: [.contentEncoding: "gzip"], body: image),
        415, "Content-Encoding 'gzip' is not accepted"),
    .init(
        "a part that claims to be text", .multipart(image, partType: "text/html"), 415,
        "field 'file' has Content-Type 'text/html'"),
    .init("not an image", .raw([1, 2, 3]), 422, "the image cannot be decoded: it is neither"),
    .init("nothing", .raw([]), 422, "the image cannot be decoded"),
    .init("an empty file", .multipart([]), 422, "the image cannot be decoded"),
    .init("too many pixels", .raw(Array("BIG".utf8)), 413, "90001 x 70003 pixels, more than"),
    .init(
        "too many bytes", .raw(FakeModel.image(1, size: 300_001)), 413,
        "larger than the limit of 300000 bytes"),
    .init(
        "too many bytes in a form", .multipart(FakeModel.image(1, size: 300_001)), 413,
        "larger than the limit of 300000 bytes"),
    .init(
        "another field", .multipart(image, field: "picture"), 422,
        "field 'file' is missing; the form has 'picture'"),
    .init("a form without fields", multipart("--b--\r\n"), 422, "the form has no fields"),
    .init("no boundary", multipart("--b--", "multipart/form-data"), 400, "needs a boundary"),
    .init(
        "too long a boundary",
        multipart("--b--", "multipart/form-data; boundary=" + String(repeating: "b", count: 71)),
        400, "a boundary of 1 to 70 characters"),
    .init(
        "another boundary", multipart("--c\r\n\(part)\r\n--c--"), 400,
        "does not contain the boundary that Content-Type names"),
    .init("cut off", multipart("--b\r\n\(part)"), 400, "ends before its closing boundary"),
    .init(
        "a part without a name", multipart("--b\r\nContent-Type: image/png\r\n\r\nIMG\r\n--b--"),
        400, "part 1 of the multipart body has no 'Content-Disposition"),
    .init(
        "a header without a colon", multipart("--b\r\nnonsense\r\n\r\nIMG\r\n--b--"), 400,
        "has a header without ':'"),
    .init(
        "endless headers",
        multipart("--b\r\nX: " + String(repeating: "x", count: 9_000) + "\r\n\r\nI\r\n--b--"), 400,
        "more than 8192 bytes of headers"),
    .init(
        "too many parts",
        multipart(String(repeating: "--b\r\n\(part)\r\n", count: 65) + "--b--"), 400,
        "more than 64 parts"),
    .init("url in a form", .multipart(image, field: "url"), 403, "fetching by URL is off"),
    .init("url in JSON", .json(#"{"url": "http://[::1]/"}"#), 403, "fetching by URL is off"),
    .init("url encoded", .form("url=http%3A%2F%2Fx"), 403, "fetching by URL is off"),
    .init("not JSON", .json("{'image'}"), 400, "the body is not JSON: 1:2"),
    .init(
        "nested without end", .json(String(repeating: "[", count: 100_000)), 400,
        "nested deeper than"),
    .init("a list", .json("[1]"), 422, "expected a JSON object"),
    .init("empty object", .json("{}"), 422, "field 'image_base64' is missing"),
    .init("a number", .json(#"{"image_base64": 5}"#), 422, "'image_base64' must be a string"),
    .init(
        "not Base64", .json(#"{"image_base64": "SU1*"}"#), 400,
        "not Base64: unexpected character '*' at position 3"),
    .init("cut-off Base64", .json(#"{"image_base64": "SU1HU"}"#), 400, "the text is cut off"),
    .init(
        "a data: prefix of another kind", .json(#"{"image_base64": "data:image/png,x"}"#), 400,
        "does not end in ';base64,'"),
    .init("Base64 of nothing", .json(#"{"image_base64": ""}"#), 422, "cannot be decoded"),
    .init("Base64 of text", .json(#"{"image_base64": "aGVsbG8="}"#), 422, "cannot be decoded"),
    .init("a broken escape", .form("image_base64=SU%4"), 400, "not followed by two hex digits"),
    .init("an empty form", .form(""), 422, "field 'image_base64' is missing"),
]

@Suite struct ImpossibleRequestTests {
    @Test(arguments: impossibleRequests)
    func isAnsweredWithItsStatusAndReason(_ impossible: ImpossibleRequest) async throws {
        let configure = { (configuration: inout ServerConfiguration) in
            configuration.maximumUploadBytes = 300_000
        }
        try await withServer(configure: configure) { client in
            let response = try await impossible.request.send(to: client)
            #expect(response.status.code == impossible.status)
            #expect(response.headers[.contentType] == "application/json")
            let detail = try #require(try response.detail())
            #expect(detail.contains(impossible.detail), "\(detail)")
            if response.status == .methodNotAllowed {
                #expect(detail.hasSuffix(try #require(response.headers[.allow])))
            }
        }
    }

    @Test(arguments: [
        ("/predict", "image/jpeg"), ("/classify/image", "image/png"), ("/predict", boundaryType),
    ])
    func randomBytesAreNeverOurFault(_ path: String, _ type: String) async throws {
        var generator = SystemRandomNumberGenerator()
        let bodies = (0..<40).map { _ in
            (0..<Int.random(in: 0...400, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
        }
        try await withServer { client in
            for body in bodies {
                let response = try await TestRequest.raw(body, type, path: path).send(to: client)
                #expect([400, 422].contains(response.status.code), "\(body)")
            }
        }
    }
}

import Hummingbird
import Support

extension Response {
    /// A JSON document as an answer.
    static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
        text(value.serialized(), mediaType: "application/json", status: status)
    }

    /// A text as an answer.
    static func text(
        _ text: String, mediaType: String, status: HTTPResponse.Status = .ok
    ) -> Response {
        let buffer = ByteBuffer(string: text)
        let headers: HTTPFields = [
            .contentType: mediaType, .contentLength: String(buffer.readableBytes),
        ]
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: buffer))
    }
}

extension JSONValue {
    /// A number with the fewest digits that read back to the same `Float`.
    ///
    /// Widening alone would print the digits of the nearest `Double`: 0.10000000149011612 for 0.1.
    init(shortest value: Float) {
        self = .number(Double(value.description) ?? Double(value))
    }

    /// Milliseconds to the microsecond.
    init(millisecondsOf seconds: Double) {
        self = .number((seconds * 1e6).rounded() / 1e3)
    }
}

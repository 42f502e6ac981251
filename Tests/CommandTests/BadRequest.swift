import Datasets
import Testing

/// A request that the server cannot answer as the client hopes.
struct BadRequest: Sendable {
    /// What is wrong, for the reader of the page.
    let title: String
    let request: WireRequest
    let status: Int

    init(_ title: String, _ request: WireRequest, _ status: Int) {
        self.title = title
        self.request = request
        self.status = status
    }

    /// What the server is started with.
    static let options = ["--max-upload", "1", "--max-pixels", "1"]

    static func table() throws -> [BadRequest] {
        let picture = encodePNG(try Samples.picture(0))
        let wide = encodePNG(
            Image(width: 2000, height: 1000, pixels: [UInt8](repeating: 99, count: 6_000_000)))
        func json(_ text: String) -> WireRequest {
            WireRequest(type: "application/json", body: Array(text.utf8))
        }
        return [
            BadRequest("An unknown path", WireRequest(method: "GET", path: "/nothing"), 404),
            BadRequest("Another method", WireRequest(method: "GET", path: "/predict"), 405),
            BadRequest("No body and no type", WireRequest(), 415),
            BadRequest("An empty picture", WireRequest(type: "image/png"), 422),
            BadRequest(
                "Another media type", WireRequest(type: "text/plain", body: picture), 415),
            BadRequest("A GIF called JPEG", .upload(BadInputFiles.gif, type: "image/jpeg"), 422),
            BadRequest("A cut JPEG", .upload(try BadInputFiles.cutJPEG()), 422),
            BadRequest("A bomb", .upload(BadInputFiles.bomb), 413),
            BadRequest("More pixels than allowed", .upload(wide), 413),
            BadRequest(
                "More bytes than allowed",
                WireRequest(type: "image/png", body: [UInt8](repeating: 1, count: 1 << 20 + 1)),
                413),
            BadRequest("A form without the field", .upload(picture, field: "picture"), 422),
            BadRequest(
                "A form without its boundary",
                WireRequest(type: "multipart/form-data", body: picture), 400),
            BadRequest("Broken JSON", json("{\"image_base64\": "), 400),
            BadRequest("JSON without the field", json("{\"image\": \"\"}"), 422),
            BadRequest("A number for a picture", json("{\"image_base64\": 7}"), 422),
            BadRequest("Not Base64", json("{\"image_base64\": \"&&&\"}"), 400),
            BadRequest("An address", json("{\"url\": \"http://192.0.2.1/cat.jpg\"}"), 403),
            BadRequest(
                "The other route",
                .upload(BadInputFiles.gif, to: "/classify/image", type: "image/jpeg"), 422),
        ]
    }
}

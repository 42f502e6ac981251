import Hummingbird
import NIOCore
import NIOHTTP1

extension Request {
    /// Reads the image of a request in any of the forms that clients send.
    ///
    /// These are a multipart form with the field `file` (or `image_base64`), a raw image, a JSON
    /// object, and a URL-encoded form.
    func imageUpload(upTo limit: Int) async throws -> ImageUpload {
        if let encoding = headers[.contentEncoding], encoding.lowercased() != "identity" {
            throw RequestError.unsupportedMediaType(
                "Content-Encoding '\(encoding)' is not accepted; send the image as it is")
        }
        guard let contentType = headers[.contentType] else {
            throw RequestError.unsupportedMediaType("Content-Type is missing; \(acceptedForms)")
        }
        let mediaType = HeaderParameters(contentType)
        switch mediaType.value {
        case "multipart/form-data":
            return try await multipartImage(boundary: mediaType["boundary"], upTo: limit)
        case "image/jpeg", "image/jpg", "image/png", "application/octet-stream":
            return .bytes(try await bodyBytes(upTo: limit))
        case "application/json": return .json(try await bodyBytes(upTo: limit))
        case "application/x-www-form-urlencoded": return .form(try await bodyBytes(upTo: limit))
        default:
            throw RequestError.unsupportedMediaType(
                "Content-Type '\(mediaType.value)' is not accepted; \(acceptedForms)")
        }
    }

    private func multipartImage(boundary: String?, upTo limit: Int) async throws -> ImageUpload {
        guard let boundary, (1...70).contains(boundary.utf8.count) else {
            throw RequestError.badRequest(
                "Content-Type multipart/form-data needs a boundary of 1 to 70 characters")
        }
        var parser = MultipartParser(boundary: boundary)
        let parts: [MultipartPart]
        do {
            try await forEachChunk(upTo: limit) { try parser.consume($0.readableBytesView) }
            parts = try parser.finish()
        } catch let error as MultipartError {
            throw RequestError.badRequest(error.message)
        }
        if let file = parts.first(where: { $0.name == "file" }) {
            let claimed = file.contentType.map { HeaderParameters($0).value }
            if let claimed, !claimed.hasPrefix("image/"), claimed != "application/octet-stream" {
                throw RequestError.unsupportedMediaType(
                    "field 'file' has Content-Type '\(claimed)'; expected image/jpeg or image/png")
            }
            return .bytes(file.body)
        }
        func text(_ name: String) -> String? {
            parts.first { $0.name == name }.map { String(decoding: $0.body, as: UTF8.self) }
        }
        if let image = text("image_base64") {
            return .bytes(try ImageUpload.imageBytes(base64: image, url: nil))
        }
        if text("url") != nil { throw RequestError.fetchingIsOff }
        let names = parts.map { "'\($0.name)'" }.joined(separator: ", ")
        throw RequestError.unprocessable(
            "field 'file' is missing; the form has \(names.isEmpty ? "no fields" : names)")
    }

    /// The whole body.
    private func bodyBytes(upTo limit: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        if let text = headers[.contentLength], let length = Int(text), length <= limit {
            bytes.reserveCapacity(length)
        }
        try await forEachChunk(upTo: limit) { bytes.append(contentsOf: $0.readableBytesView) }
        return bytes
    }

    /// Hands on the body as it arrives, and stops as soon as it is known to be too large.
    private func forEachChunk(
        upTo limit: Int, _ body: (ByteBuffer) throws -> Void
    ) async throws {
        let tooLarge = RequestError.tooLarge("the body is larger than the limit of \(limit) bytes")
        if let text = headers[.contentLength], let length = Int(text), length > limit {
            throw tooLarge
        }
        var count = 0
        for try await chunk in self.body {
            count += chunk.readableBytes
            guard count <= limit else { throw tooLarge }
            try body(chunk)
        }
    }
}

private let acceptedForms =
    "send multipart/form-data with the field 'file', an image/jpeg or image/png body, "
    + "or application/json with the field 'image_base64'"

import Support

/// An image as it came over the wire, still in its text encoding if it has one.
///
/// Unpacking the text forms costs time in proportion to the upload, so it is left to the
/// preparation threads.
enum ImageUpload: Sendable {
    case bytes([UInt8])
    case json([UInt8])
    case form([UInt8])

    /// The bytes of the image file.
    func imageBytes() throws(RequestError) -> [UInt8] {
        switch self {
        case .bytes(let bytes): return bytes
        case .json(let body): return try ImageUpload.imageBytes(ofJSON: body)
        case .form(let body):
            guard let fields = FormFields.parse(body) else {
                throw .badRequest("the form has a '%' that is not followed by two hex digits")
            }
            let image = fields.first { $0.name == "image_base64" }?.value
            let address = fields.first { $0.name == "url" }?.value
            // A '+' that the client did not escape has become a space.
            let restored = image.map { String($0.map { $0 == " " ? "+" : $0 }) }
            return try ImageUpload.imageBytes(base64: restored, url: address)
        }
    }

    private static func imageBytes(ofJSON body: [UInt8]) throws(RequestError) -> [UInt8] {
        let document: JSONValue
        do {
            document = try JSONValue.parse(body)
        } catch {
            throw .badRequest("the body is not JSON: \(error)")
        }
        guard document.members != nil else {
            throw .unprocessable("expected a JSON object with the field 'image_base64'")
        }
        for name in ["image_base64", "url"] {
            switch document[name] {
            case nil, .null, .string: continue
            default: throw .unprocessable("field '\(name)' must be a string")
            }
        }
        return try imageBytes(
            base64: document["image_base64"]?.string, url: document["url"]?.string)
    }

    /// The bytes of the image that the fields of a form or an object carry.
    static func imageBytes(base64: String?, url: String?) throws(RequestError) -> [UInt8] {
        if let base64 {
            do {
                return try Base64.decode(base64)
            } catch {
                throw .badRequest("field 'image_base64' is not Base64: \(error.message)")
            }
        }
        if url != nil { throw .fetchingIsOff }
        throw .unprocessable("field 'image_base64' is missing")
    }
}

extension RequestError {
    /// The server was not configured to fetch anything on a client's behalf.
    static let fetchingIsOff = RequestError.forbidden(
        "fetching by URL is off; send the image itself as the multipart field 'file', as a raw "
            + "image/jpeg or image/png body, or as 'image_base64'")
}

import ImageCodecs

/// The most that one picture may cost; looked at before any pixel memory is allocated.
public struct DecodeLimits: Sendable, Equatable {
    /// The largest allowed `width * height`.
    public var maximumPixels: Int
    /// The largest allowed width and height.
    public var maximumSide: Int

    /// Makes limits of a pixel count and a side length.
    public init(maximumPixels: Int, maximumSide: Int) {
        self.maximumPixels = maximumPixels
        self.maximumSide = maximumSide
    }

    /// For files of one's own: 178 million pixels, where Pillow too refuses, 65,535 a side.
    public static let standard = DecodeLimits(maximumPixels: 178_956_970, maximumSide: 65_535)
    /// For pictures sent by strangers: 50 million pixels (150 MB decoded), 20,000 a side.
    public static let untrusted = DecodeLimits(maximumPixels: 50_000_000, maximumSide: 20_000)
}

/// Decodes a JPEG or PNG to upright 8-bit RGB.
///
/// The format is told by the first bytes. Transparency is dropped, not blended; 16-bit samples
/// keep their high byte; four-channel JPEGs are read as Adobe's inverted inks; the EXIF
/// orientation is applied. All of it is what Pillow does with
/// `ImageOps.exif_transpose(Image.open(f)).convert("RGB")`, but for one case: 16-bit *grey* PNGs,
/// which Pillow clips at 255 and so turns white.
///
/// - Parameters:
///   - bytes: the whole file.
///   - limits: what the header may announce at most.
///   - name: what error messages call the picture.
public func decodeImage(
    _ bytes: [UInt8], limits: DecodeLimits = .standard, name: String = "the image"
) throws(ImageError) -> Image {
    try decodeImageWithWarnings(bytes, limits: limits, name: name).image
}

/// As `decodeImage`, with what the decoder complained of without giving up; `nil` if nothing.
package func decodeImageWithWarnings(
    _ bytes: [UInt8], limits: DecodeLimits, name: String
) throws(ImageError) -> (image: Image, warning: String?) {
    guard !bytes.isEmpty else { throw ImageError(name: name, reason: .empty) }
    guard let format = ImageFormat(magicBytesOf: bytes) else {
        throw ImageError(name: name, reason: .unsupportedFormat(describeForeignFormat(bytes)))
    }
    var info = CodecInfo()
    let result = bytes.withUnsafeBufferPointer { buffer in
        decode(buffer, format: format, limits: limits, info: &info)
    }
    switch result {
    case .success(let image):
        let upright = image.upright(orientation: Int(info.orientation))
        return (upright, info.warning_count > 0 ? message(of: info) : nil)
    case .failure(let failure):
        throw ImageError(
            name: name, reason: reason(failure.status, info, format: format, limits: limits))
    }
}

private struct CodecFailure: Error {
    let status: CodecStatus
}

private func decode(
    _ bytes: UnsafeBufferPointer<UInt8>, format: ImageFormat, limits: DecodeLimits,
    info: inout CodecInfo
) -> Result<Image, CodecFailure> {
    let codecLimits = CodecLimits(
        maximum_pixels: UInt64(clamping: limits.maximumPixels),
        maximum_side: UInt32(clamping: limits.maximumSide))
    var reader: OpaquePointer?
    let open = format == .jpeg ? codec_jpeg_open : codec_png_open
    var status = open(bytes.baseAddress, bytes.count, codecLimits, &reader, &info)
    guard status == CODEC_OK, let reader else { return .failure(CodecFailure(status: status)) }
    defer { codec_close(reader) }
    let count = Int(info.width) * Int(info.height) * 3
    let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
        status = codec_read(reader, buffer.baseAddress, &info)
        initialized = status == CODEC_OK ? count : 0
    }
    guard status == CODEC_OK else { return .failure(CodecFailure(status: status)) }
    return .success(Image(width: Int(info.width), height: Int(info.height), pixels: pixels))
}

private func reason(
    _ status: CodecStatus, _ info: CodecInfo, format: ImageFormat, limits: DecodeLimits
) -> ImageError.Reason {
    switch status {
    case CODEC_TOO_LARGE:
        .tooLarge(width: Int(info.width), height: Int(info.height), limits: limits)
    case CODEC_UNSUPPORTED:
        .unsupportedFormat(message(of: info))
    default:
        .damaged(format, message(of: info))
    }
}

private func message(of info: CodecInfo) -> String {
    withUnsafeBytes(of: info.message) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}

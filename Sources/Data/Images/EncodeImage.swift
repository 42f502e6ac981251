import ImageCodecs

/// The sample layouts that can be written to a PNG, one byte a sample.
public enum PixelLayout: Int, Sendable {
    /// One sample a pixel.
    case grey = 1
    /// Red, green, blue.
    case rgb = 3
    /// Red, green, blue and opacity, not premultiplied.
    case rgba = 4
}

/// Encodes a picture as PNG, without loss.
public func encodePNG(_ image: Image) -> [UInt8] {
    encodePNG(image.pixels, width: image.width, height: image.height, layout: .rgb)
}

/// Encodes interleaved samples, `height * width * layout.rawValue` bytes, as PNG, without loss.
///
/// - Parameter compression: zlib's level, 0 (fast, large) to 9 (slow, small).
public func encodePNG(
    _ pixels: [UInt8], width: Int, height: Int, layout: PixelLayout, compression: Int = 6
) -> [UInt8] {
    encode(pixels, width: width, height: height, layout: layout, name: "encodePNG") {
        codec_png_encode(
            $0, UInt32(width), UInt32(height), Int32(layout.rawValue),
            Int32(min(max(compression, 0), 9)), &$1, &$2, &$3)
    }
}

/// Encodes a picture as baseline JPEG with halved chroma; `quality` is libjpeg's, 1 to 100.
public func encodeJPEG(_ image: Image, quality: Int = 90) -> [UInt8] {
    let (width, height) = (image.width, image.height)
    return encode(image.pixels, width: width, height: height, layout: .rgb, name: "encodeJPEG") {
        codec_jpeg_encode(
            $0, UInt32(width), UInt32(height), 3, Int32(min(max(quality, 1), 100)), &$1, &$2, &$3)
    }
}

private func encode(
    _ pixels: [UInt8], width: Int, height: Int, layout: PixelLayout, name: String,
    with codec: (
        UnsafePointer<UInt8>?, inout UnsafeMutablePointer<UInt8>?, inout Int, inout [CChar]
    ) -> CodecStatus
) -> [UInt8] {
    guard (1...65_500).contains(width), (1...65_500).contains(height),
        pixels.count == width * height * layout.rawValue
    else {
        fatalError(
            "\(name): \(width)x\(height) pixels of \(layout.rawValue) bytes, sides from 1 to "
                + "65500, do not fit \(pixels.count) bytes")
    }
    var block: UnsafeMutablePointer<UInt8>?
    var count = 0
    var message = [CChar](repeating: 0, count: 240)
    let status = pixels.withUnsafeBufferPointer {
        codec($0.baseAddress, &block, &count, &message)
    }
    guard status == CODEC_OK, let block else {
        let text = String(
            decoding: message.map { UInt8(bitPattern: $0) }.prefix { $0 != 0 },
            as: UTF8.self)
        fatalError("\(name): \(width)x\(height): \(text)")
    }
    defer { codec_free(block) }
    return [UInt8](UnsafeBufferPointer(start: block, count: count))
}

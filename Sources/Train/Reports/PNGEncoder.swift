/// The bytes of a PNG file with an RGB picture, not compressed.
///
/// For thumbnails in reports and event files, where three bytes a pixel do no harm.
///
/// - Parameter pixels: RGB, row-major, three bytes a pixel.
public func encodePNG(width: Int, height: Int, pixels: [UInt8]) -> [UInt8] {
    guard width > 0, height > 0, pixels.count == width * height * 3 else {
        fatalError("PNG: \(width) × \(height) RGB pixels, but \(pixels.count) bytes")
    }
    var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    // Eight bits a channel, true colour, the only compression and filter there is, not interlaced.
    appendChunk(
        "IHDR", bigEndianBytes(width) + bigEndianBytes(height) + [8, 2, 0, 0, 0], to: &bytes)
    var rows: [UInt8] = []
    rows.reserveCapacity(height * (width * 3 + 1))
    for row in 0..<height {
        rows.append(0)
        rows.append(contentsOf: pixels[row * width * 3..<(row + 1) * width * 3])
    }
    appendChunk("IDAT", storedZlib(rows), to: &bytes)
    appendChunk("IEND", [], to: &bytes)
    return bytes
}

private func appendChunk(_ type: String, _ content: [UInt8], to bytes: inout [UInt8]) {
    let body = Array(type.utf8) + content
    bytes += bigEndianBytes(content.count) + body + bigEndianBytes(Int(crc32(body)))
}

private func bigEndianBytes(_ value: Int) -> [UInt8] {
    withUnsafeBytes(of: UInt32(value).bigEndian) { Array($0) }
}

/// A zlib stream (RFC 1950) of stored blocks (RFC 1951, 3.2.4).
private func storedZlib(_ bytes: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    var start = 0
    repeat {
        let end = min(start + 0xFFFF, bytes.count)
        let length = UInt16(end - start)
        stream.append(end == bytes.count ? 1 : 0)
        stream += littleEndianBytes(length) + littleEndianBytes(~length)
        stream += bytes[start..<end]
        start = end
    } while start < bytes.count
    var a: UInt32 = 1
    var b: UInt32 = 0
    for byte in bytes {
        a = (a + UInt32(byte)) % 65521
        b = (b + a) % 65521
    }
    return stream + bigEndianBytes(Int(b << 16 | a))
}

private let crc32Table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in
        value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
    }
}

private func crc32(_ bytes: [UInt8]) -> UInt32 {
    let table = crc32Table
    return ~bytes.reduce(~0) { value, byte in
        value >> 8 ^ table[Int(UInt8(truncatingIfNeeded: value) ^ byte)]
    }
}

/// The picture formats that are read.
public enum ImageFormat: String, Sendable, Equatable {
    /// JPEG (ISO/IEC 10918-1): baseline, progressive, grey, YCbCr, RGB, CMYK and YCCK.
    case jpeg = "JPEG"
    /// PNG (ISO/IEC 15948), every colour type and depth, interlaced or not.
    case png = "PNG"

    /// Tells the format by the first bytes, never by a file's name; `nil` if it is neither.
    public init?(magicBytesOf bytes: some Collection<UInt8>) {
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else {
            return nil
        }
    }

    /// The extensions, in lower case, that files of this format go by.
    public var fileExtensions: [String] {
        switch self {
        case .jpeg: ["jpg", "jpeg", "jpe", "jfif"]
        case .png: ["png"]
        }
    }
}

/// What to call bytes that are neither a JPEG nor a PNG, with the article: "a GIF", "a PDF", …
func describeForeignFormat(_ bytes: some Collection<UInt8>) -> String {
    func begins(_ text: String) -> Bool { bytes.starts(with: text.utf8) }
    func holds(_ text: String, at offset: Int) -> Bool {
        bytes.dropFirst(offset).starts(with: text.utf8)
    }
    if begins("GIF8") { return "a GIF" }
    if begins("BM") { return "a BMP" }
    if begins("RIFF"), holds("WEBP", at: 8) { return "a WebP" }
    if begins("II*\0") || begins("MM\0*") || begins("II+\0") || begins("MM\0+") { return "a TIFF" }
    if holds("ftyp", at: 4) {
        let brand = String(decoding: bytes.dropFirst(8).prefix(4), as: UTF8.self)
        switch brand {
        case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1": return "a HEIC"
        case "avif", "avis": return "an AVIF"
        default: return "a video (\(brand.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }))"
        }
    }
    if bytes.starts(with: [0xFF, 0x0A]) || holds("JXL ", at: 4) { return "a JPEG XL" }
    if holds("jP  ", at: 4) { return "a JPEG 2000" }
    if begins("8BPS") { return "a Photoshop document" }
    if bytes.starts(with: [0, 0, 1, 0]) { return "an icon (ICO)" }
    if begins("%PDF") { return "a PDF" }
    if begins("P4") || begins("P5") || begins("P6") { return "a PNM" }
    if begins("PK\u{3}\u{4}") { return "a ZIP archive" }
    let start = String(decoding: bytes.prefix(256), as: UTF8.self).lowercased()
    let trimmed = start.drop { $0.isWhitespace }
    if trimmed.hasPrefix("<svg") { return "an SVG" }
    if trimmed.hasPrefix("<!doctype html") || trimmed.hasPrefix("<html") { return "an HTML page" }
    if trimmed.hasPrefix("<?xml") { return "an XML document" }
    return "of an unknown format"
}

import Datasets
import Testing

@Suite struct HostileInputTests {
    private func failure(
        _ bytes: [UInt8], limits: DecodeLimits = .standard
    ) -> ImageError? {
        do {
            _ = try decodeImage(bytes, limits: limits, name: "pets/a.jpg")
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("GIF89a....", "a GIF"), ("BM123456", "a BMP"), ("RIFF1234WEBPVP8 ", "a WebP"),
        ("II*\0....", "a TIFF"), ("MM\0*....", "a TIFF"), ("\0\0\0\u{18}ftypheic", "a HEIC"),
        ("\0\0\0\u{18}ftypavif", "an AVIF"), ("%PDF-1.4", "a PDF"), ("<svg xmlns=", "an SVG"),
        ("<!DOCTYPE html><html>", "an HTML page"), ("hello", "of an unknown format"),
    ])
    func namesForeignFormats(text: String, kind: String) {
        let error = failure(Array(text.utf8))
        #expect(
            error?.description == "pets/a.jpg: is \(kind), not a JPEG or PNG; convert it first")
    }

    @Test func namesEmptyFiles() {
        #expect(failure([])?.reason == .empty)
        #expect(failure([])?.description == "pets/a.jpg: is empty; expected a JPEG or PNG picture")
    }

    /// No cut may crash; and none that loses pixels may pass.
    @Test(arguments: Fixtures.pictures)
    func refusesEveryCut(_ picture: Fixtures.Picture) {
        for length in 0..<picture.bytes.count {
            let bytes = Array(picture.bytes[..<length])
            guard let image = try? decodeImage(bytes, name: picture.name) else { continue }
            // Only what follows the last row may be missing.
            #expect(picture.name.hasPrefix("exif-6") || image == picture.expected)
            #expect(length > picture.bytes.count - 80, "\(length) of \(picture.bytes.count)")
        }
    }

    /// Every byte changed, three ways: any result or error will do, but no crash and no hang.
    @Test(arguments: Fixtures.pictures)
    func survivesChangedBytes(_ picture: Fixtures.Picture) {
        let limits = DecodeLimits(maximumPixels: 100_000, maximumSide: 1_000)
        for place in 0..<min(picture.bytes.count, 700) {
            for change: UInt8 in [0x01, 0x80, 0xFF] {
                var bytes = picture.bytes
                bytes[place] ^= change
                if let image = try? decodeImage(bytes, limits: limits, name: picture.name) {
                    #expect(image.width * image.height <= 100_000)
                }
            }
        }
    }

    @Test func saysThatAFileEndsEarly() {
        let jpeg = Fixtures.picture("baseline").bytes
        #expect(
            failure(Array(jpeg[..<(jpeg.count / 2 + 200)]))?.description
                == "pets/a.jpg: is a damaged JPEG: the file ends early")
        let png = Fixtures.picture("rgb").bytes
        #expect(
            failure(Array(png[..<60]))?.description
                == "pets/a.jpg: is a damaged PNG: the file ends early")
    }

    /// 30 bytes that announce 50,000 x 50,000 pixels.
    @Test func refusesBombsBeforeAllocating() {
        var png = encodePNG(patternImage(width: 3, height: 2))
        png.replaceSubrange(16..<24, with: [0, 0, 0xC3, 0x50, 0, 0, 0xC3, 0x50])
        png.replaceSubrange(29..<33, with: crc32(png[12..<29]))
        let limits = DecodeLimits.standard
        #expect(
            failure(png)?.reason == .tooLarge(width: 50_000, height: 50_000, limits: limits))
        var jpeg = Fixtures.picture("baseline").bytes
        let frame = jpeg.indices.first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 }!
        jpeg.replaceSubrange((frame + 5)..<(frame + 9), with: [0xC3, 0x50, 0xC3, 0x50])
        #expect(
            failure(jpeg)?.description
                == "pets/a.jpg: has 50000x50000 pixels, over the limit of 178956970 pixels and "
                + "65535 a side")
    }

    @Test func limitsCountPixelsAndSides() throws {
        let bytes = encodePNG(patternImage(width: 40, height: 10))
        #expect(failure(bytes, limits: DecodeLimits(maximumPixels: 400, maximumSide: 40)) == nil)
        #expect(failure(bytes, limits: DecodeLimits(maximumPixels: 399, maximumSide: 40)) != nil)
        #expect(failure(bytes, limits: DecodeLimits(maximumPixels: 400, maximumSide: 39)) != nil)
    }

    @Test func acceptsMissingEndOfPNG() throws {
        let picture = Fixtures.picture("rgb")
        let image = try decodeImage(Array(picture.bytes.dropLast(12)))
        #expect(image == picture.expected)
    }

    private func crc32(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
        }
        return (0..<4).map { UInt8(truncatingIfNeeded: ~crc >> (24 - 8 * UInt32($0))) }
    }
}

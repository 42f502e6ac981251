import Datasets
import Testing

@Suite struct DecodeTests {
    /// Both sides decode JPEGs with libjpeg-turbo, whose results are the same for all versions with
    /// the slow integer DCT and smooth chroma upsampling; so even lossy pictures must be equal.
    @Test(arguments: Fixtures.pictures)
    func decodesAsPillow(_ picture: Fixtures.Picture) throws {
        let image = try decodeImage(picture.bytes, name: picture.name)
        #expect(image.width == picture.expected.width)
        #expect(image.height == picture.expected.height)
        let differing = zip(image.pixels, picture.expected.pixels).filter { $0 != $1 }.count
        #expect(differing == 0, "\(differing) of \(image.pixels.count) bytes differ")
    }

    @Test func fixturesCoverTheKinds() {
        #expect(Fixtures.pictures.count == 32)
    }

    @Test func turnsByOrientation() {
        // 2 rows of 3 pixels: 1 2 3 / 4 5 6.
        let image = Image(
            width: 3, height: 2, pixels: (1...6).flatMap { [UInt8]([$0, $0, $0]) })
        let expected: [Int: (width: Int, values: [UInt8])] = [
            0: (3, [1, 2, 3, 4, 5, 6]), 1: (3, [1, 2, 3, 4, 5, 6]), 2: (3, [3, 2, 1, 6, 5, 4]),
            3: (3, [6, 5, 4, 3, 2, 1]), 4: (3, [4, 5, 6, 1, 2, 3]), 5: (2, [1, 4, 2, 5, 3, 6]),
            6: (2, [4, 1, 5, 2, 6, 3]), 7: (2, [6, 3, 5, 2, 4, 1]), 8: (2, [3, 6, 2, 5, 1, 4]),
            9: (3, [1, 2, 3, 4, 5, 6]),
        ]
        for (orientation, result) in expected {
            let upright = image.upright(orientation: orientation)
            #expect(upright.width == result.width)
            let values = stride(from: 0, to: 18, by: 3).map { upright.pixels[$0] }
            #expect(values == result.values, "orientation \(orientation)")
        }
    }

    @Test func encodedPNGIsLossless() throws {
        let image = patternImage(width: 31, height: 17, number: 3)
        #expect(try decodeImage(encodePNG(image)) == image)
        let grey = encodePNG([0, 128, 255, 7, 8, 9], width: 3, height: 2, layout: .grey)
        let decoded = try decodeImage(grey)
        #expect(decoded.pixels == [0, 128, 255, 7, 8, 9].flatMap { [UInt8]([$0, $0, $0]) })
        let clear = encodePNG([1, 2, 3, 0, 4, 5, 6, 255], width: 2, height: 1, layout: .rgba)
        #expect(try decodeImage(clear).pixels == [1, 2, 3, 4, 5, 6])
    }

    @Test func encodedJPEGIsClose() throws {
        let image = Fixtures.picture("full-chroma").expected
        let decoded = try decodeImage(encodeJPEG(image, quality: 95))
        #expect(decoded.width == image.width && decoded.height == image.height)
        let errors = zip(decoded.pixels, image.pixels).map { abs(Int($0) - Int($1)) }
        #expect(Double(errors.reduce(0, +)) / Double(errors.count) < 12)
        #expect(
            encodeJPEG(image, quality: 30).count < encodeJPEG(image, quality: 95).count)
    }
}

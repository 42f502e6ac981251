import Serve
import Testing

/// The parts of `body`, fed in chunks of `chunkSize` bytes.
private func parts(
    of body: [UInt8], boundary: String, chunkSize: Int = .max
) throws -> [MultipartPart] {
    var parser = MultipartParser(boundary: boundary)
    var rest = body[...]
    while !rest.isEmpty {
        try parser.consume(rest.prefix(chunkSize))
        rest = rest.dropFirst(chunkSize)
    }
    return try parser.finish()
}

/// A body with everything the grammar allows: preamble, epilogue, padding, look-alikes, binary.
private let boundary = "a-B_c'9"
private let binary: [UInt8] = Array("\r\n--a-B_c'\r\n--a-B_c'98\r\n\r\r\n--\u{0}".utf8) + [255, 13]
private let body: [UInt8] =
    Array(
        "preamble\r\n--not\r\n--\(boundary) \t \r\nCONTENT-disposition:  form-data;NAME=plain\r\n"
            .utf8)
    + Array(
        "X-Other: 1\r\n\r\n\r\n--\(boundary)\r\nContent-Disposition: form-data; name=\"fi;le\"; "
            .utf8)
    + Array("filename=\"C:\\a \\\"b\\\".png\"\r\nContent-Type: image/png\r\n\r\n".utf8) + binary
    + Array("\r\n--\(boundary)--\r\nepilogue --\(boundary)\r\n".utf8)
private let expected = [
    MultipartPart(name: "plain", body: []),
    MultipartPart(
        name: "fi;le", fileName: #"C:\a "b".png"#, contentType: "image/png", body: binary),
]

@Suite struct MultipartParserTests {
    @Test func readsPartsWhateverTheChunks() throws {
        for chunkSize in 1...(body.count + 1) {
            #expect(
                try parts(of: body, boundary: boundary, chunkSize: chunkSize) == expected,
                "chunks of \(chunkSize)")
        }
    }

    @Test func everyTruncationIsRefusedUntilTheClosingBoundary() throws {
        let closing = Array("\r\n--\(boundary)--".utf8)
        let complete = (closing.count...body.count).first {
            body[..<$0].suffix(closing.count).elementsEqual(closing)
        }
        let shortest = try #require(complete)
        for count in 0...body.count {
            let truncated = Array(body[..<count])
            for chunkSize in [1, 7, .max] {
                if count < shortest {
                    #expect(throws: MultipartError.self, "\(count) bytes") {
                        try parts(of: truncated, boundary: boundary, chunkSize: chunkSize)
                    }
                } else {
                    let found = try parts(
                        of: truncated, boundary: boundary, chunkSize: chunkSize)
                    #expect(found == expected, "\(count) bytes")
                }
            }
        }
    }

    @Test func theBoundaryMayStartTheBodyAndNoLineEndMayFollowTheLast() throws {
        let body = "--x\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\nv\r\n--x--"
        let found = try parts(of: Array(body.utf8), boundary: "x")
        #expect(found.map(\.name) == ["n"])
        #expect(found.map(\.body) == [Array("v".utf8)])
    }

    /// Noise made of the pieces that the grammar gives a meaning to.
    @Test func noiseNeitherCrashesNorDependsOnTheChunks() {
        let pieces = [
            "--\(boundary)", "--", "\r\n", "\r", "\n", "-", " ", ":", ";", "\"", "a", "\r\n\r\n",
            "Content-Disposition: form-data; name=n", "\u{0}", boundary,
        ].map { Array($0.utf8) }
        for seed in 0..<400 {
            var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
            var noise: [UInt8] = []
            for _ in 0..<60 {
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                noise += pieces[Int(state % UInt64(pieces.count))]
            }
            let whole = try? parts(of: noise, boundary: boundary)
            for chunkSize in [1, 3, 11] {
                let chunked = try? parts(of: noise, boundary: boundary, chunkSize: chunkSize)
                #expect(chunked == whole, "seed \(seed), chunks of \(chunkSize)")
            }
        }
    }
}

@Suite struct Base64Tests {
    @Test(
        arguments: [
            ("", []), ("AA==", [0]), ("AA", [0]), ("-_8", [0xFB, 0xFF]), ("+/8=", [0xFB, 0xFF]),
            ("AQID\r\nBA==\n", [1, 2, 3, 4]), ("data:;base64,AQID", [1, 2, 3]),
            ("data:image/png;charset=x;BASE64,AQID", [1, 2, 3]),
        ] as [(String, [UInt8])])
    func decodes(_ text: String, _ bytes: [UInt8]) throws {
        #expect(try Base64.decode(text) == bytes)
    }

    @Test(arguments: ["A", "AAA=A", "A===", "AA=", "AAAA=", "AAAA====", "*", "data:x", "ÄÄ"])
    func refuses(_ text: String) {
        #expect(throws: Base64.DecodingError.self) { try Base64.decode(text) }
    }
}

import NN
import Tensor
import Testing

/// Damaged and hostile weight files: each gets a message, none a crash.
struct SafetensorsDamageTests {
    struct Tampered: Sendable, CustomTestStringConvertible {
        let header: String
        let data: Int
        let message: String
        var testDescription: String { header }

        init(_ header: String, data: Int = 4, _ message: String) {
            self.header = header
            self.data = data
            self.message = message
        }

        /// One entry `w`.
        init(
            dtype: String = #""F32""#, shape: String = "[1]", offsets: String = "[0,4]",
            data: Int = 4, _ message: String
        ) {
            self.init(
                #"{"w":{"dtype":\#(dtype),"shape":\#(shape),"data_offsets":\#(offsets)}}"#,
                data: data, message)
        }
    }

    static let supported = "supported are BOOL, U8, I8, I16, F16, BF16, I32, F32, F64, I64"

    static let tampered: [Tampered] = [
        .init("", "the header must start with '{', but starts with nothing"),
        .init("[]", "the header must start with '{', but starts with byte 0x5b"),
        .init(" {}", data: 0, "the header must start with '{', but starts with byte 0x20"),
        .init("{", "the header is not JSON: 1:2: expected a key in quotes"),
        .init("{}\u{0}", "the header is not JSON: 1:3: text goes on after the document"),
        .init("{}", "4 bytes follow the last array, which ends at byte 0"),
        .init(#"{"w":1}"#, "entry 'w' is not an object"),
        .init(#"{"w":{}}"#, "entry 'w' has no text 'dtype'"),
        .init(dtype: "4", "entry 'w' has no text 'dtype'"),
        .init(dtype: #""F8_E4M3""#, "entry 'w' has dtype 'F8_E4M3'; \(supported)"),
        .init(dtype: #""f32""#, "entry 'w' has dtype 'f32'; \(supported)"),
        .init(shape: "1", "entry 'w' has no 'shape' of integers from 0"),
        .init(shape: "[-1]", "entry 'w' has no 'shape' of integers from 0"),
        .init(shape: "[1.0]", "entry 'w' has no 'shape' of integers from 0"),
        .init(shape: #"["1"]"#, "entry 'w' has no 'shape' of integers from 0"),
        .init(
            shape: "[99999999999999999999]", "entry 'w' has no 'shape' of integers from 0"),
        .init(
            shape: "[[]]", "entry 'w' has no 'shape' of integers from 0"),
        .init(
            shape: "[[1]]", "the header is not JSON: 1:31: nested deeper than 3 levels"),
        .init(
            shape: "[4611686018427387904,4]",
            "entry 'w' of shape [4611686018427387904, 4] has too many bytes to count"),
        .init(
            shape: "[0,4611686018427387904,4]", offsets: "[0,0]", data: 0,
            "entry 'w' of shape [0, 4611686018427387904, 4] has too many bytes to count"),
        .init(offsets: "[0]", "entry 'w' has no 'data_offsets' of two integers from 0"),
        .init(offsets: "[0,4,8]", "entry 'w' has no 'data_offsets' of two integers from 0"),
        .init(offsets: "[-4,0]", "entry 'w' has no 'data_offsets' of two integers from 0"),
        .init(offsets: "[4,0]", "entry 'w' ends at byte 0, before it starts at 4"),
        .init(
            offsets: "[0,8]", data: 8,
            "entry 'w' of shape [1] and dtype F32 takes 4 bytes, but its offsets span 8"),
        .init(
            offsets: "[4,8]", data: 8,
            "entry 'w' leaves a gap: it starts at byte 4, expected 0"),
        .init(data: 3, "is cut short: entry 'w' ends at byte 4 of the data, which has 3"),
        .init(data: 5, "1 bytes follow the last array, which ends at byte 4"),
        .init(
            """
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},\
            "b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}
            """, "entry 'b' overlaps another: it starts at byte 0, expected 4"),
        .init(
            """
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},\
            "b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}
            """, data: 8, "entry 'b' overlaps another: it starts at byte 4, expected 8"),
        .init(
            """
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},\
            "a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}
            """, "the header is not JSON: 1:58: key 'a' appears twice"),
        .init(#"{"__metadata__":[]}"#, data: 0, "'__metadata__' must be an object of texts"),
        .init(
            #"{"__metadata__":{"epoch":3}}"#, data: 0,
            "'__metadata__' value of 'epoch' is not a text"),
        .init(
            "{\"\u{1}\":0}",
            "the header is not JSON: 1:4: a control character must be escaped in a string"),
    ]

    @Test(arguments: tampered)
    func tamperedHeaders(_ tampered: Tampered) {
        let bytes = file(tampered.header, data: [UInt8](repeating: 0, count: tampered.data))
        let error = #expect(throws: SafetensorsError.self) {
            _ = try SafetensorsFile(bytes: bytes, name: "w.safetensors")
        }
        #expect(error?.description == "w.safetensors: \(tampered.message)")
    }

    @Test func lengthsOutOfRange() throws {
        for (bytes, expected) in [
            ([], "is not a safetensors file: 0 bytes, but the header's length alone is 8"),
            ([1, 0, 0], "is not a safetensors file: 3 bytes, but the header's length alone is 8"),
            (
                [9, 0, 0, 0, 0, 0, 0, 0, 0x7B],
                "is cut short: a header of 9 bytes is announced, but the file has 9 bytes"
            ),
            (
                [1, 0xE1, 0xF5, 5, 0, 0, 0, 0, 0x7B, 0x7D],
                "is not a safetensors file: its first 8 bytes give a header of 100000001 bytes, "
                    + "more than the limit of 100000000"
            ),
            (
                [UInt8](repeating: 255, count: 16),
                "is not a safetensors file: its first 8 bytes give a header of "
                    + "18446744073709551615 bytes, more than the limit of 100000000"
            ),
        ] as [([UInt8], String)] {
            let error = #expect(throws: SafetensorsError.self) {
                _ = try SafetensorsFile(bytes: bytes, name: "x")
            }
            #expect(error?.message == expected)
        }
    }

    @Test func everyTruncationIsRefused() throws {
        let whole = try readBytes("types.safetensors")
        _ = try SafetensorsFile(bytes: whole, name: "whole")
        for length in 0..<whole.count {
            #expect(throws: SafetensorsError.self, "\(length) bytes") {
                _ = try SafetensorsFile(bytes: Array(whole[..<length]), name: "cut")
            }
        }
        #expect(throws: SafetensorsError.self) {
            _ = try SafetensorsFile(bytes: whole + [0], name: "long")
        }
    }

    /// Whatever a file says, it is refused or all its arrays can be read.
    @Test func randomDamageNeverCrashes() throws {
        let whole = try readBytes("types.safetensors")
        var random = RandomStream(seed: 1, purpose: .synthesis)
        var refusals = 0
        for _ in 0..<4000 {
            var bytes = whole
            for _ in 0...random.integer(below: 4) {
                let position = random.integer(below: bytes.count)
                bytes[position] = UInt8(random.integer(below: 256))
            }
            do {
                let file = try SafetensorsFile(bytes: bytes, name: "damaged")
                for (_, entry) in file.stateDict() {
                    #expect(try entry.floats().count == entry.count)
                }
            } catch {
                refusals += 1
            }
        }
        #expect(refusals > 1000)
    }

    /// A file that shrinks behind the reader's back is an error, not the end.
    @Test func aFileThatBecomesShorterIsAnError() throws {
        let path = temporaryPath("shrinking.safetensors")
        defer { removeFile(path) }
        try SafetensorsFile.write([("w", StateEntry(Tensor.ones([64])))], to: path)
        let opened = try SafetensorsFile(path: path)
        shorten(path, to: 100)
        let error = #expect(throws: SafetensorsError.self) {
            _ = try #require(opened["w"]).floats()
        }
        #expect(error?.description == "\(path): cannot be read: the file became shorter")
    }
}

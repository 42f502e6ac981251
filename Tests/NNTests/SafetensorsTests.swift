import NN
import Support
import Tensor
import Testing

/// Weight files against those of the reference implementation.
struct SafetensorsTests {
    @Test func readsEveryType() throws {
        let file = try SafetensorsFile(path: fixture("types.safetensors"))
        #expect(file.metadata.map(\.key) == ["format"])
        #expect(file.metadata("format") == "pt")
        let values: [Float] = [-2.5, 0, 1, 3.140625, 60000, 0x1p-24]
        func floats(_ name: String) throws -> [Float] { try #require(file[name]).floats() }
        func integers(_ name: String) throws -> [Int64] { try #require(file[name]).integers() }
        #expect(try floats("F64") == values.map { Float(Double($0) / 3) })
        #expect(try floats("F32") == values.map { $0 / 3 })
        #expect(try floats("F16") == [-2.5, 0, 1, 3.140625, 60000, 0x1p-24])
        #expect(try floats("BF16") == [-2.5, 0, 1, 3.140625, 59904, 0x1p-24])
        let whole: [Int64] = [-128, -1, 0, 1, 127, 100]
        #expect(try integers("I64") == whole.map { $0 << 33 })
        #expect(try floats("I64") == whole.map { Float($0) * 0x1p33 })
        #expect(try integers("I32") == whole.map { $0 << 16 })
        #expect(try integers("I16") == whole.map { $0 << 8 })
        #expect(try integers("I8") == whole)
        #expect(try integers("U8") == whole.map { $0 + 128 })
        #expect(try integers("BOOL") == [0, 0, 0, 1, 1, 1])
        #expect(try #require(file["scalar"]).shape == [])
        #expect(try floats("scalar") == [7.25])
        #expect(try #require(file["empty"]).shape == [3, 0, 2])
        #expect(try floats("empty") == [])
        #expect(try #require(file["matrix"]).shape == [2, 3])
        #expect(try integers("matrix") == [0, 1, 2, 3, 4, 5])
        #expect(file["absent"] == nil)
        #expect(throws: SafetensorsError.self) { try integers("F32") }
    }

    func entriesOfWrittenFile() -> [(key: String, entry: StateEntry)] {
        let blob = hashes(50_002, 13).map { UInt8($0 & 255) }
        return [
            ("weight", StateEntry(Tensor(uniform(50_000, 30), shape: [2, 3, 5]))),
            ("num_batches_tracked", StateEntry(12_345_678_901)),
            ("é", StateEntry(Tensor([], shape: [0, 4]))), ("blob", StateEntry(bytes: blob)),
            ("bias", StateEntry(Tensor(uniform(50_001, 3), shape: [3]))),
            ("B", StateEntry([Int64(0), 1, 2])),
        ]
    }

    @Test func writesTheReferencesBytes() throws {
        let bytes = try SafetensorsFile.serialized(
            entriesOfWrittenFile(), metadata: [("format", "pt")])
        #expect(bytes == (try readBytes("written.safetensors")))

        let path = temporaryPath("written.safetensors")
        defer { removeFile(path) }
        try SafetensorsFile.write(entriesOfWrittenFile(), metadata: [("format", "pt")], to: path)
        let file = try SafetensorsFile(path: path)
        for (key, entry) in entriesOfWrittenFile() {
            let read = try #require(file[key], "\(key)")
            #expect(read.shape == entry.shape)
            #expect(read.elementType == entry.elementType)
            #expect(try read.bytes() == entry.bytes())
        }
        // Entries of a file can be written again as they are.
        #expect(
            try SafetensorsFile.serialized(file.stateDict(), metadata: file.metadata) == bytes)
    }

    @Test func dataStartAtAMultipleOfEight() throws {
        for length in 1...9 {
            let name = String(repeating: "n", count: length)
            let bytes = try SafetensorsFile.serialized([(name, StateEntry(Tensor(1.5)))])
            #expect((bytes.count - 4) % 8 == 0)
            let file = try SafetensorsFile(bytes: bytes, name: "memory")
            #expect(try #require(file[name]).floats() == [1.5])
        }
    }

    @Test func refusesNamesThatRepeatOrAreReserved() {
        let one = StateEntry(1)
        for (entries, metadata, expected) in [
            ([("a", one), ("a", one)], [], "out: cannot be written: name 'a' appears twice"),
            (
                [("__metadata__", one)], [],
                "out: cannot be written: name '__metadata__' is reserved"
            ),
            (
                [], [("k", "1"), ("k", "2")],
                "out: cannot be written: metadata key 'k' appears twice"
            ),
        ] as [([(key: String, entry: StateEntry)], [(key: String, value: String)], String)] {
            let error = #expect(throws: SafetensorsError.self) {
                _ = try SafetensorsFile.serialized(entries, metadata: metadata, name: "out")
            }
            #expect(error?.description == expected)
        }
    }

    @Test func saysWhichFileCannotBeOpened() {
        let absent = #expect(throws: SafetensorsError.self) {
            _ = try SafetensorsFile(path: "absent/model.safetensors")
        }
        #expect(
            absent?.description
                == "absent/model.safetensors: cannot be read: No such file or directory")
        let folder = #expect(throws: SafetensorsError.self) {
            _ = try SafetensorsFile(path: "/tmp")
        }
        #expect(folder?.description == "/tmp: is not a regular file")
        let target = #expect(throws: SafetensorsError.self) {
            try SafetensorsFile.write([], to: "absent/model.safetensors")
        }
        #expect(
            target?.description
                == "absent/model.safetensors: cannot be written: No such file or directory")
    }

    /// All half-precision numbers, against the compiler's conversion.
    @Test func readsEveryHalf() throws {
        let patterns = (0...UInt16.max).map { $0 }
        let data = patterns.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        let bytes = file(
            #"{"h":{"dtype":"F16","shape":[65536],"data_offsets":[0,131072]}}"#, data: data)
        let floats = try #require(SafetensorsFile(bytes: bytes, name: "h")["h"]).floats()
        for (pattern, value) in zip(patterns, floats) {
            let expected = Float(Float16(bitPattern: pattern))
            #expect(value == expected || (value.isNaN && expected.isNaN), "\(pattern)")
        }
    }
}

/// A file with the header `text`.
func file(_ text: String, data: [UInt8]) -> [UInt8] {
    let length = UInt64(text.utf8.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) } + Array(text.utf8)
        + data
}

import Foundation
import Support
import Testing
import Train

/// Event files against the bytes that TensorBoard's own writer makes (`Fixtures/events.py`), and
/// against a reader written from the format's description.
@Suite struct TensorBoardTests {
    @Test func checksumOfTheStandardText() {
        #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xE306_9283)
        #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(CRC32C.checksum([]) == 0)
    }

    @Test func bytesEqualThoseOfTensorBoard() throws {
        try withTemporaryFolder { folder in
            var ticks = Ticks()
            let writer = try EventWriter(
                folder: folder, purgingFrom: 391, host: "host", clock: { ticks.next() })
            try writer.scalar("train/loss", 2.25, step: 0)
            try writer.scalars(
                [("validation/accuracy", 0.1), ("validation/größe", 0), ("train/loss", .nan)],
                step: 70000)
            let picture = (0..<400).map { UInt8($0 % 200) }
            try writer.image("batch", png: picture, width: 5, height: 3, step: 5)
            #expect(writer.path == folder + "/events.out.tfevents.1700000000.host")
            let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: writer.path)))
            #expect(bytes == (try fixture("events.bin")))
        }
    }

    @Test func everyRecordIsFramed() throws {
        try withTemporaryFolder { folder in
            let writer = try EventWriter(folder: folder)
            for step in 1...300 {
                try writer.scalar("a/b", Double(step) / 7, step: step * 1000)
            }
            let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: writer.path)))
            let messages = try records(in: bytes)
            #expect(messages.count == 301)
            // wall_time comes first, then step as a varint: 300,000 is E0 A7 12.
            #expect(Array(messages[300][9...12]) == [0x10, 0xE0, 0xA7, 0x12])
            let value = Float(300.0 / 7).bitPattern
            #expect(Array(messages[300].suffix(4)) == withUnsafeBytes(of: value) { Array($0) })
        }
    }

    @Test func everyWriterHasAFileOfItsOwn() throws {
        try withTemporaryFolder { folder in
            let writers = try (0..<3).map { _ in
                try EventWriter(folder: folder, host: "h", clock: { 1_650_000_000 })
            }
            let names = writers.map { String($0.path.dropFirst(folder.count + 1)) }
            let first = "events.out.tfevents.1650000000.h"
            #expect(names == [first, first + ".1", first + ".2"])
        }
    }

    @Test func missingFolderIsNamed() {
        #expect(
            performing: {
                _ = try EventWriter(folder: "/nonexistent/run")
            }, throws: { "\($0)".hasPrefix("/nonexistent/run/events.out.tfevents.") })
    }

    private struct Ticks {
        var count = -1.0
        mutating func next() -> Double {
            // The first reading names the file, the second stamps its first record.
            count += 1
            return 1_700_000_000.5 + max(0, count - 1)
        }
    }

    /// Splits a record file, checking both check values of each record bit by bit.
    private func records(in bytes: [UInt8]) throws -> [[UInt8]] {
        func integer(_ range: Range<Int>) -> UInt64 {
            bytes[range].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        var messages: [[UInt8]] = []
        var position = 0
        while position < bytes.count {
            let length = Int(integer(position..<position + 8))
            #expect(integer(position + 8..<position + 12) == masked(bytes[position..<position + 8]))
            let body = bytes[position + 12..<position + 12 + length]
            #expect(integer(body.endIndex..<body.endIndex + 4) == masked(body))
            messages.append(Array(body))
            position = body.endIndex + 4
        }
        try #require(position == bytes.count)
        return messages
    }

    private func masked(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        var value: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
        }
        value = ~value
        return (UInt64(value >> 15 | value << 17) + 0xA282_EAD8) & 0xFFFF_FFFF
    }
}

import Glibc
import Support

/// Writes a TensorBoard event file: scalars and images over the steps of a run.
///
/// A record is `length: UInt64, masked CRC-32C of the length, Event message, masked CRC-32C of the
/// message`, little-endian, and goes to the file by one `write`. A resumed run opens a new file in
/// the same folder and tells TensorBoard to forget what the earlier files hold from that step on.
public final class EventWriter {
    /// The path of this writer's file.
    public var path: String { file.path }

    private let file: AppendFile
    private let clock: () -> Double

    /// Opens a new event file `events.out.tfevents.<seconds>.<host>` in `folder`, which must exist.
    ///
    /// - Parameters:
    ///   - folder: Where the file goes.
    ///   - purgingFrom: For a resumed run, the first step that will be written again.
    ///   - host: The machine's name in the file name; nil asks the system.
    ///   - clock: Seconds since 1970 for the records; nil asks the system.
    public init(
        folder: String, purgingFrom step: Int? = nil, host: String? = nil,
        clock: (() -> Double)? = nil
    ) throws(FileError) {
        self.clock = clock ?? secondsSince1970
        file = try Self.create(
            in: folder, seconds: Int(self.clock()), host: host ?? systemHostName())
        try write { $0.text(3, "brain.Event:2") }
        if let step {
            try write { event in
                event.integer(2, step)
                event.message(7) { $0.integer(1, 1) }  // session_log { status: START }
            }
        }
    }

    /// Records one value under `tag`. Tags with a common prefix up to `/` share a group.
    public func scalar(_ tag: String, _ value: Double, step: Int) throws(FileError) {
        try scalars([(tag, value)], step: step)
    }

    /// Records several values of the same step as one record.
    public func scalars(
        _ values: [(tag: String, value: Double)], step: Int
    ) throws(FileError) {
        try write { event in
            event.integer(2, step)
            event.message(5) { summary in
                for (tag, value) in values {
                    summary.message(1) { entry in
                        entry.text(1, tag)
                        entry.float(2, Float(value))
                    }
                }
            }
        }
    }

    /// Records an RGB picture, given as the bytes of a PNG file.
    public func image(
        _ tag: String, png: [UInt8], width: Int, height: Int, step: Int
    ) throws(FileError) {
        try write { event in
            event.integer(2, step)
            event.message(5) { summary in
                summary.message(1) { entry in
                    entry.text(1, tag)
                    entry.message(4) { image in
                        image.integer(1, height)
                        image.integer(2, width)
                        image.integer(3, 3)  // colour channels
                        image.data(4, png)
                    }
                }
            }
        }
    }

    /// Waits until what was recorded is on the disk.
    public func synchronize() throws(FileError) { try file.synchronize() }

    private func write(_ build: (inout ProtobufMessage) -> Void) throws(FileError) {
        var event = ProtobufMessage()
        event.double(1, clock())
        build(&event)
        try file.append(Self.record(event.bytes))
    }

    /// A message in the frame of a record file.
    package static func record(_ message: [UInt8]) -> [UInt8] {
        let length = littleEndianBytes(UInt64(message.count))
        return length + littleEndianBytes(CRC32C.masked(length)) + message
            + littleEndianBytes(CRC32C.masked(message))
    }

    /// Two writers may open within one second; each gets a file of its own.
    private static func create(
        in folder: String, seconds: Int, host: String
    ) throws(FileError) -> AppendFile {
        let digits = String(seconds)
        let stamp = String(repeating: "0", count: max(0, 10 - digits.count)) + digits
        let base = "\(folder)/events.out.tfevents.\(stamp).\(host)"
        var path = base
        var count = 1
        while access(path, F_OK) == 0 {
            path = "\(base).\(count)"
            count += 1
        }
        return try AppendFile(path: path, exclusively: true)
    }
}

func secondsSince1970() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

private func systemHostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
    let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return bytes.isEmpty ? "localhost" : String(decoding: bytes, as: UTF8.self)
}

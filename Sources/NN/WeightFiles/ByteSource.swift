import Glibc
import Support

/// Bytes that can be read anywhere: those of an open file or of memory.
final class ByteSource: Sendable {
    private enum Content {
        case memory([UInt8])
        case file(descriptor: Int32)
    }

    /// The number of bytes.
    let count: Int
    private let content: Content

    init(_ bytes: [UInt8]) {
        count = bytes.count
        content = .memory(bytes)
    }

    init(path: String) throws(SafetensorsError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw SafetensorsError(path: path, message: "cannot be read: \(systemMessage(errno))")
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw SafetensorsError(path: path, message: "is not a regular file")
        }
        count = Int(status.st_size)
        content = .file(descriptor: descriptor)
    }

    deinit {
        if case .file(let descriptor) = content { close(descriptor) }
    }

    func read(_ range: Range<Int>, path: String) throws(SafetensorsError) -> [UInt8] {
        switch content {
        case .memory(let bytes): return Array(bytes[range])
        case .file(let descriptor):
            var failure: Int32 = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, initialized in
                failure = fillBuffer(UnsafeMutableRawBufferPointer(buffer), descriptor, range)
                initialized = failure == 0 ? range.count : 0
            }
            guard failure == 0 else {
                // A file that became shorter after it was opened ends early: no errno says so.
                let reason = failure < 0 ? "the file became shorter" : systemMessage(failure)
                throw SafetensorsError(path: path, message: "cannot be read: \(reason)")
            }
            return bytes
        }
    }

    /// Returns 0, an `errno` value, or −1 at the end of the file.
    private func fillBuffer(
        _ buffer: UnsafeMutableRawBufferPointer, _ descriptor: Int32, _ range: Range<Int>
    ) -> Int32 {
        var done = 0
        while done < range.count {
            let wanted = min(range.count - done, 1 << 30)
            let transferred = pread(
                descriptor, buffer.baseAddress! + done, wanted, range.lowerBound + done)
            if transferred == 0 { return -1 }
            if transferred < 0 {
                if errno == EINTR { continue }
                return errno
            }
            done += transferred
        }
        return 0
    }
}

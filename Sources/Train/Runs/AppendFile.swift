import Glibc
import Support

/// A file that grows by whole records: each is one `write`, and a record that does not fit on the
/// disk is taken back, so that a reader never meets half of one.
final class AppendFile {
    let path: String
    private let descriptor: Int32

    /// Opens `path` for appending; `exclusively` refuses a file that exists.
    init(path: String, exclusively: Bool = false) throws(FileError) {
        let flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | (exclusively ? O_EXCL : 0)
        descriptor = Glibc.open(path, flags, 0o644)
        self.path = path
        guard descriptor >= 0 else {
            throw FileError(path: path, message: "cannot be opened: \(systemMessage(errno))")
        }
    }

    deinit { close(descriptor) }

    /// Appends one record.
    func append(_ record: [UInt8]) throws(FileError) {
        let before = lseek(descriptor, 0, SEEK_END)
        let failure = record.withUnsafeBytes { FileDescriptor.writeAll($0, to: descriptor) }
        guard failure == 0 else {
            if before >= 0 { ftruncate(descriptor, before) }
            throw FileError(
                path: path, message: "cannot be appended to: \(systemMessage(failure))")
        }
    }

    /// Appends a line of text; the line break is added.
    func appendLine(_ line: String) throws(FileError) {
        try append(Array((line + "\n").utf8))
    }

    /// Waits until what was appended is on the disk.
    func synchronize() throws(FileError) {
        guard fsync(descriptor) == 0 else {
            throw FileError(path: path, message: "cannot be synced: \(systemMessage(errno))")
        }
    }
}

/// The bytes of a file, or nil when it does not exist.
func contents(ofFile path: String) throws(FileError) -> [UInt8]? {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
        if errno == ENOENT { return nil }
        throw FileError(path: path, message: "cannot be read: \(systemMessage(errno))")
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(descriptor, &block, block.count)
        if count == 0 { return bytes }
        if count < 0 {
            if errno == EINTR { continue }
            throw FileError(path: path, message: "cannot be read: \(systemMessage(errno))")
        }
        bytes.append(contentsOf: block[..<count])
    }
}

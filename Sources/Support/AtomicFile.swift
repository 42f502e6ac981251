import Glibc

/// Whole-file writes that a kill at any moment cannot tear.
///
/// The bytes go to a temporary file in the same folder, which is synced and then renamed over the
/// target; the folder is synced last. A reader sees the previous file or the new one, never a part.
public enum AtomicFile {
    /// Replaces the file at `path` with `bytes`.
    ///
    /// - Throws: `FileError` naming the path and the system's reason; the previous file is untouched.
    public static func write(_ bytes: UnsafeRawBufferPointer, to path: String) throws(FileError) {
        try write(to: path) { descriptor in
            FileDescriptor.writeAll(bytes, to: descriptor)
        }
    }

    /// Replaces the file at `path` with `bytes`.
    public static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
        try write(to: path) { descriptor in
            bytes.withUnsafeBytes { FileDescriptor.writeAll($0, to: descriptor) }
        }
    }

    /// Replaces the file at `path` with the UTF-8 bytes of `text`.
    public static func write(_ text: String, to path: String) throws(FileError) {
        try write(Array(text.utf8), to: path)
    }

    /// Replaces the file at `path` with what `body` writes to the descriptor it is given.
    ///
    /// `body` returns 0, or the `errno` value that stopped it.
    public static func write(
        to path: String, _ body: (_ descriptor: Int32) -> Int32
    ) throws(FileError) {
        let temporary = "\(path).\(getpid()).partial"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw FileError(path: path, message: "cannot be written: \(systemMessage(errno))")
        }
        var failure = body(descriptor)
        if failure == 0, fsync(descriptor) != 0 { failure = errno }
        if close(descriptor) != 0, failure == 0 { failure = errno }
        if failure == 0, rename(temporary, path) != 0 { failure = errno }
        guard failure == 0 else {
            unlink(temporary)
            throw FileError(path: path, message: "cannot be written: \(systemMessage(failure))")
        }
        synchronizeFolder(of: path)
    }

    /// Makes the rename itself durable. A file system that cannot sync a folder is not an error.
    private static func synchronizeFolder(of path: String) {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}

/// Calls on file descriptors that go on after interruptions and partial transfers.
public enum FileDescriptor {
    /// Writes all of `bytes`; returns 0, or the `errno` value that stopped it.
    public static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
        var offset = 0
        while offset < bytes.count {
            // One write() moves at most 2 GiB on Linux.
            let wanted = min(bytes.count - offset, 1 << 30)
            let written = Glibc.write(descriptor, bytes.baseAddress! + offset, wanted)
            if written < 0 {
                if errno == EINTR { continue }
                return errno
            }
            offset += written
        }
        return 0
    }
}

/// The system's text for an `errno` value, such as `No space left on device`.
public func systemMessage(_ code: Int32) -> String {
    String(cString: strerror(code))
}

/// Whether something exists at `path`.
public func fileExists(_ path: String) -> Bool { access(path, F_OK) == 0 }

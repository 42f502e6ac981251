import Glibc
import Support

/// The right to train into a run folder, held by one process at a time.
///
/// It is an advisory lock on a file (`flock`), so the system gives it back when the process ends in
/// whatever way; a file left behind locks nobody out. Programs that the process starts don't hold
/// it.
public final class RunLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock of the run in `folder`.
    ///
    /// - Throws: `FileError` naming the process that holds it.
    public init(folder: String) throws(FileError) {
        let path = folder + "/" + RunFile.lock
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard opened >= 0 else {
            throw FileError(path: path, message: "cannot be opened: \(systemMessage(errno))")
        }
        var result = flock(opened, LOCK_EX | LOCK_NB)
        // Whoever lists runs looks at the lock for a moment.
        var attempts = 0
        while result != 0, errno == EINTR || errno == EWOULDBLOCK && attempts < 5 {
            if errno == EWOULDBLOCK {
                attempts += 1
                usleep(5000)
            }
            result = flock(opened, LOCK_EX | LOCK_NB)
        }
        guard result == 0 else {
            let code = errno
            let holder = Self.holder(opened)
            close(opened)
            throw FileError(
                path: folder,
                message: code == EWOULDBLOCK
                    ? "another process\(holder) is training into this run; wait for it or stop it"
                    : "cannot be locked: \(systemMessage(code))")
        }
        descriptor = opened
        ftruncate(opened, 0)
        _ = Array("\(getpid())\n".utf8).withUnsafeBytes { FileDescriptor.writeAll($0, to: opened) }
    }

    deinit { close(descriptor) }

    /// Whether a process holds the lock of the run in `folder`; asks without holding it afterwards.
    static func isHeld(folder: String) -> Bool {
        let descriptor = open(folder + "/" + RunFile.lock, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    private static func holder(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        return Int(text.prefix { $0.isNumber }).map { " (\($0))" } ?? ""
    }
}

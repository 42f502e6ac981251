import Crypto
import Glibc
import Support

/// Whole-file reading with the system's reason in the error.
package enum Files {
    /// All bytes of the file at `path`.
    package static func read(_ path: String) throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileError(path: path, message: "is not a regular file")
        }
        let size = Int(status.st_size)
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
            while initialized < size {
                let count = Glibc.read(
                    descriptor, buffer.baseAddress! + initialized, size - initialized)
                if count < 0 && errno == EINTR { continue }
                if count <= 0 {
                    code = count < 0 ? errno : 0
                    break
                }
                initialized += count
            }
        }
        guard code == 0 else { throw FileError(path: path, message: systemMessage(code)) }
        return bytes
    }

    /// The names in a folder, sorted by their UTF-8 bytes, without hidden ones.
    package static func list(_ path: String) throws(FileError) -> [String] {
        guard let folder = opendir(path) else { throw failure(path) }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Whether there is a folder at `path`.
    package static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The size of the regular file at `path`; `nil` if there is none.
    package static func size(_ path: String) -> Int? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    /// Makes a folder and those above it; that it exists already is no failure.
    package static func makeFolder(_ path: String) {
        var partial = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            partial += partial.isEmpty && part.isEmpty ? "/" : "\(part)/"
            if partial != "/" { mkdir(partial, 0o755) }
        }
    }

    private static func failure(_ path: String) -> FileError {
        FileError(path: path, message: systemMessage(errno))
    }
}

/// A running SHA-256 of numbers, texts and bytes; texts are preceded by their length, so that
/// ("ab", "c") and ("a", "bc") differ.
package struct ContentHash {
    private var state = SHA256()

    package init() {}

    package mutating func add(_ number: Int) {
        withUnsafeBytes(of: UInt64(bitPattern: Int64(number)).littleEndian) {
            state.update(bufferPointer: $0)
        }
    }

    package mutating func add(_ text: String) {
        add(Array(text.utf8))
    }

    package mutating func add(_ bytes: [UInt8]) {
        add(bytes.count)
        bytes.withUnsafeBytes { state.update(bufferPointer: $0) }
    }

    /// 64 hexadecimal digits.
    package func finish() -> String { hexadecimal(state.finalize()) }
}

/// The SHA-256 of `bytes` alone, as `sha256sum` prints it: 64 hexadecimal digits.
package func sha256(of bytes: [UInt8]) -> String {
    bytes.withUnsafeBytes { buffer in
        var state = SHA256()
        state.update(bufferPointer: buffer)
        return hexadecimal(state.finalize())
    }
}

private func hexadecimal(_ digest: SHA256Digest) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
        decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

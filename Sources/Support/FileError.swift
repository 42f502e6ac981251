/// A file that could not be read or written, with its path and the reason in words.
public struct FileError: Error, Equatable, CustomStringConvertible {
    /// The path as the caller gave it.
    public let path: String
    /// What went wrong and, where it helps, what to do.
    public let message: String

    /// Creates an error about `path`.
    public init(path: String, message: String) {
        self.path = path
        self.message = message
    }

    /// `path: message`.
    public var description: String { "\(path): \(message)" }
}

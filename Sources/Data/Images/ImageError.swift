/// Why one picture could not be read; `description` names the picture and says what to do.
public struct ImageError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kinds of failure, for those who treat them differently (a server, a data check).
    public enum Reason: Sendable, Equatable {
        /// There is not a single byte.
        case empty
        /// The bytes are in a format that is not read; the name as in "a GIF".
        case unsupportedFormat(String)
        /// The bytes begin like a JPEG or PNG, but do not make a whole valid picture.
        case damaged(ImageFormat, String)
        /// The header announces more pixels than the limits allow.
        case tooLarge(width: Int, height: Int, limits: DecodeLimits)
        /// The file could not be read at all.
        case unreadable(String)
        /// The picture is valid, but its size does not fit the others in its batch.
        case wrongSize(String)
        /// The picture is valid, but not what its purpose (a mask) asks for.
        case wrongContent(String)
    }

    /// The file or the field the picture came from.
    public let name: String
    /// What was wrong.
    public let reason: Reason

    /// Makes an error about the picture called `name`.
    public init(name: String, reason: Reason) {
        self.name = name
        self.reason = reason
    }

    /// The file's name and, in a clause, what is wrong with it.
    public var description: String {
        switch reason {
        case .empty:
            "\(name): is empty; expected a JPEG or PNG picture"
        case .unsupportedFormat(let format):
            "\(name): is \(format), not a JPEG or PNG; convert it first"
        case .damaged(let format, let detail):
            "\(name): is a damaged \(format.rawValue): \(detail)"
        case .tooLarge(let width, let height, let limits):
            "\(name): has \(width)x\(height) pixels, over the limit of "
                + "\(limits.maximumPixels) pixels and \(limits.maximumSide) a side"
        case .unreadable(let detail):
            "\(name): cannot be read: \(detail)"
        case .wrongSize(let detail), .wrongContent(let detail):
            "\(name): \(detail)"
        }
    }
}

/// A pair of values along height and width: a kernel size, stride, padding, dilation or image size.
public struct Spatial: Sendable, Hashable, ExpressibleByIntegerLiteral, CustomStringConvertible {
    /// The value along the height.
    public var height: Int
    /// The value along the width.
    public var width: Int

    /// Creates a pair.
    public init(height: Int, width: Int) {
        self.height = height
        self.width = width
    }

    /// Creates a pair of equal values.
    public init(_ side: Int) { self.init(height: side, width: side) }

    /// Creates a pair of equal values.
    public init(integerLiteral value: Int) { self.init(value) }

    /// `3×5`.
    public var description: String { "\(height)×\(width)" }
}

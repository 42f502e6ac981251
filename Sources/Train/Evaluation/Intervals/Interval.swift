import Support

/// The range in which a figure lies with a stated confidence.
public struct Interval: Sendable, Equatable {
    /// The lower end.
    public let lower: Double
    /// The upper end.
    public let upper: Double

    /// Makes an interval of its ends.
    public init(lower: Double, upper: Double) {
        self.lower = lower
        self.upper = upper
    }

    /// `[lower, upper]`.
    package var json: JSONValue { [.number(lower), .number(upper)] }
}

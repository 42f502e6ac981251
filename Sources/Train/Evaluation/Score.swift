import Support

/// A metric that may be undefined, such as the ROC area of a class without samples.
///
/// An undefined metric is never 0: a made-up zero drags every average down unnoticed.
public enum Score: Sendable, Equatable {
    /// The metric's value, finite.
    case value(Double)
    /// The metric has no value here, and why.
    case undefined(reason: String)

    /// The value, when there is one.
    public var value: Double? {
        if case .value(let value) = self { return value }
        return nil
    }

    /// Why there is no value, when there is none.
    public var reason: String? {
        if case .undefined(let reason) = self { return reason }
        return nil
    }

    /// The value as a JSON number, or `null`.
    package var json: JSONValue { value.map(JSONValue.number) ?? .null }
}

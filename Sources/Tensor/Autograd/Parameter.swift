/// What a parameter is to its layer, from which the layout in weight files follows.
public enum ParameterRole: Sendable {
    /// Convolution filters: `[kH, kW, I, O]` here, `[O, I, kH, kW]` in files.
    case filter
    /// The matrix of a linear layer: `[I, O]` here, `[O, I]` in files.
    case matrix
    /// A vector, the same in both.
    case vector
}

/// A tensor that training changes, unless its layer says that it stays as it is. Always `float32`.
///
/// Identity matters here, unlike for `Tensor`: the optimiser updates the object that the layer reads.
/// One owner at a time; not `Sendable`.
public final class Parameter {
    /// What the values are to their layer.
    public let role: ParameterRole

    /// Whether training changes the values. Others are saved and loaded alike, but have no gradient
    /// and no place in an optimiser.
    public let isTrained: Bool

    /// The values. Each change counts up `version`.
    public var value: Tensor {
        get { stored }
        // In place, so that an update of a tensor that nobody else holds copies nothing.
        _modify {
            let shape = stored.shape
            yield &stored
            guard stored.shape == shape else {
                fatalError("Parameter: shape \(shape) cannot become \(stored.shape)")
            }
            version += 1
        }
    }

    /// Counts the changes of `value`, so that packed or transformed copies know when they are stale.
    public private(set) var version = 0

    private var stored: Tensor

    /// Creates a parameter.
    public init(_ value: Tensor, role: ParameterRole, isTrained: Bool = true) {
        stored = value.detached().inFloat32
        self.role = role
        self.isTrained = isTrained
    }

    /// The values as an input of an operation: recorded where their gradient is wanted.
    public func tensor() -> Tensor {
        guard let recording = Recording.current else { return value }
        var tensor = value
        tensor.node = recording.leaf(for: self)
        return tensor
    }
}

/// A tensor that is saved with the model but not trained, such as a running mean.
public final class Statistic {
    /// The values.
    public var value: Tensor

    /// The last part of the name in weight files, where it differs from the property's.
    public let key: String?

    /// Creates a statistic.
    public init(_ value: Tensor, key: String? = nil) {
        self.value = value.detached().inFloat32
        self.key = key
    }
}

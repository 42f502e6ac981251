/// The extents of a tensor along its axes, row-major: the last axis is contiguous in memory.
///
/// A shape without axes is a scalar's and counts one element.
public struct Shape: Sendable, Hashable, ExpressibleByArrayLiteral, CustomStringConvertible {
    /// The extent of each axis, outermost first.
    public let dimensions: [Int]

    /// Creates a shape. A negative extent is a programmer's error.
    public init(_ dimensions: [Int]) {
        if let negative = dimensions.first(where: { $0 < 0 }) {
            fatalError("Shape: extent \(negative) in \(dimensions) is negative")
        }
        self.dimensions = dimensions
    }

    /// Creates a shape from its extents.
    public init(arrayLiteral elements: Int...) { self.init(elements) }

    /// The number of axes.
    public var rank: Int { dimensions.count }

    /// The number of elements.
    public var count: Int { dimensions.reduce(1, *) }

    /// The extent of `axis`; negative axes count from the end.
    public subscript(axis: Int) -> Int { dimensions[axis < 0 ? axis + rank : axis] }

    /// `[2, 5, 7, 3]`.
    public var description: String { "\(dimensions)" }

    /// The distance in elements between neighbours along each axis.
    var strides: [Int] {
        var strides = [Int](repeating: 1, count: rank)
        for axis in stride(from: rank - 2, through: 0, by: -1) {
            strides[axis] = strides[axis + 1] * dimensions[axis + 1]
        }
        return strides
    }

    /// The shape of an element-wise operation on `self` and `other` under NumPy's rule: aligned at
    /// the last axis, extents are equal or one of them is 1.
    func broadcast(with other: Shape, operation: StaticString) -> Shape {
        let rank = max(self.rank, other.rank)
        var result = [Int](repeating: 1, count: rank)
        for axis in 0..<rank {
            let a = axis < rank - self.rank ? 1 : dimensions[axis - (rank - self.rank)]
            let b = axis < rank - other.rank ? 1 : other.dimensions[axis - (rank - other.rank)]
            guard a == b || a == 1 || b == 1 else {
                fatalError(
                    "\(operation): shapes \(self) and \(other) do not broadcast (axis \(axis))")
            }
            result[axis] = a == 1 ? b : a
        }
        return Shape(result)
    }

    /// `axis` counted from the front; out of range is a programmer's error.
    func normalized(axis: Int, operation: StaticString) -> Int {
        let normalized = axis < 0 ? axis + rank : axis
        guard (0..<rank).contains(normalized) else {
            fatalError("\(operation): axis \(axis) does not exist in a tensor of shape \(self)")
        }
        return normalized
    }
}

extension BroadcastGeometry {
    /// How `x` and `y` combine under NumPy's rule.
    init(_ x: Shape, _ y: Shape, operation: StaticString) {
        let output = x.broadcast(with: y, operation: operation)
        let xSteps = BroadcastGeometry.steps(of: x, in: output)
        let ySteps = BroadcastGeometry.steps(of: y, in: output)
        var axes: [(extent: Int, x: Int, y: Int)] = []
        for axis in 0..<output.rank where output[axis] != 1 {
            let next = (extent: output[axis], x: xSteps[axis], y: ySteps[axis])
            if let last = axes.last, last.x == next.x * next.extent, last.y == next.y * next.extent
            {
                axes[axes.count - 1] = (last.extent * next.extent, next.x, next.y)
            } else {
                axes.append(next)
            }
        }
        self.init(
            dimensions: axes.map(\.extent), xStrides: axes.map(\.x), yStrides: axes.map(\.y))
    }

    private static func steps(of shape: Shape, in output: Shape) -> [Int] {
        let strides = shape.strides
        let missing = output.rank - shape.rank
        return (0..<output.rank).map { axis in
            axis < missing || shape[axis - missing] == 1 ? 0 : strides[axis - missing]
        }
    }
}

extension Tensor {
    /// The sum over the axes along which a tensor of `shape` was repeated to give this one: the
    /// transpose of broadcasting. Sums are in `float32`.
    func summed(to shape: Shape) -> Tensor {
        if self.shape == shape { return self }
        let missing = self.shape.rank - shape.rank
        let isReduced = (0..<self.shape.rank).map { axis in
            axis < missing || (shape[axis - missing] == 1 && self.shape[axis] != 1)
        }
        let geometry = ReductionGeometry(dimensions: self.shape.dimensions, isReduced: isReduced)
        let terms = copied(as: .float32)
        return backend.make(shape) { $0.reduceSum(terms.memory, geometry, scale: 1, into: $1) }
    }
}

/// `x ∘ y` without recording, both of one type.
func combine(
    _ function: BinaryFunction, _ x: Tensor, _ y: Tensor, operation: StaticString
) -> Tensor {
    let geometry = BroadcastGeometry(x.shape, y.shape, operation: operation)
    let shape = x.shape.broadcast(with: y.shape, operation: operation)
    return x.backend.make(shape, x.elementType) {
        $0.binary(function, x.memory, y.memory, geometry, into: $1)
    }
}

/// `scale · x + offset` without recording.
func affine(_ x: Tensor, scale: Float, offset: Float = 0) -> Tensor {
    x.backend.make(x.shape, x.elementType) {
        $0.scale(x.memory, by: scale, plus: offset, count: x.count, into: $1)
    }
}

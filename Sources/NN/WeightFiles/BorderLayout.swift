import Tensor

// The layouts of weight files (PyTorch's) and ours meet here and nowhere else.

extension ParameterRole {
    /// The shape in weight files of a parameter with `shape` here.
    func borderShape(of shape: Shape) -> [Int] {
        switch self {
        case .filter: [shape[3], shape[2], shape[0], shape[1]]
        case .matrix: [shape[1], shape[0]]
        case .vector: shape.dimensions
        }
    }

    /// The elements in the order of weight files, from the order here.
    func borderValues(of values: [Float], shape: Shape) -> [Float] {
        switch self {
        // [R·S, I, O] → [O, I, R·S] and [1, I, O] → [O, I, 1].
        case .filter: reversedAxes(values, shape[0] * shape[1], shape[2], shape[3])
        case .matrix: reversedAxes(values, 1, shape[0], shape[1])
        case .vector: values
        }
    }

    /// The elements in the order here, from the order of weight files. `shape` is the shape here.
    func values(fromBorder values: [Float], shape: Shape) -> [Float] {
        switch self {
        case .filter: reversedAxes(values, shape[3], shape[2], shape[0] * shape[1])
        case .matrix: reversedAxes(values, shape[1], shape[0], 1)
        case .vector: values
        }
    }
}

/// [a, b, c] → [c, b, a].
private func reversedAxes(_ values: [Float], _ a: Int, _ b: Int, _ c: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: values.count) { result, initialized in
        values.withUnsafeBufferPointer { values in
            for k in 0..<c {
                for j in 0..<b {
                    var source = j * c + k
                    let row = (k * b + j) * a
                    for i in 0..<a {
                        result[row + i] = values[source]
                        source += b * c
                    }
                }
            }
        }
        initialized = values.count
    }
}

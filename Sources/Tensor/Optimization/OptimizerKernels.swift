// What optimisers and averages of weights do to tensors, in place and outside of any recording.

/// Updates `parameter` by one step of stochastic gradient descent; see `SGDStep`.
///
/// - Parameters:
///   - parameter: The values to change.
///   - gradient: Their gradient, of the same shape.
///   - buffer: The direction of the steps before, nil at the first; made when `momentum` is not 0.
///   - gradientScale: A factor on the gradient, for clipping.
public func sgdStep(
    _ parameter: Parameter, gradient: Tensor, buffer: inout Tensor?, learningRate: Float,
    gradientScale: Float = 1, weightDecay: Float = 0, momentum: Float = 0, dampening: Float = 0,
    nesterov: Bool = false
) {
    checkGradient(gradient, parameter, "sgdStep")
    let isFirst = buffer == nil
    let step = SGDStep(
        learningRate: learningRate, gradientScale: gradientScale, weightDecay: weightDecay,
        momentum: momentum, dampening: dampening, nesterov: nesterov, isFirst: isFirst)
    if momentum != 0, isFirst { buffer = uninitialized(like: parameter.value) }
    parameter.value.withUniqueMemory { backend, values in
        let count = gradient.count
        guard momentum != 0 else {
            backend.sgdStep(
                parameter: values, gradient: gradient.memory, momentum: nil, step, count: count)
            return
        }
        buffer!.withUniqueMemory { _, direction in
            backend.sgdStep(
                parameter: values, gradient: gradient.memory, momentum: direction, step,
                count: count)
        }
    }
}

/// The moving averages that AdamW keeps for one parameter.
public struct AdamWMoments: Sendable {
    /// Of the gradient.
    public var first: Tensor
    /// Of its square, element by element.
    public var second: Tensor

    /// Takes averages up again, such as those of a checkpoint.
    public init(first: Tensor, second: Tensor) {
        self.first = first
        self.second = second
    }

    /// Zeros of the shape of `parameter`, on its backend.
    public init(of parameter: Parameter) {
        let value = parameter.value
        first = value.backend.make(value.shape) { $0.fill(0, count: value.count, into: $1) }
        second = value.backend.make(value.shape) { $0.fill(0, count: value.count, into: $1) }
    }
}

/// Updates `parameter` and `moments` by one step of AdamW; see `AdamWStep`.
///
/// - Parameters:
///   - parameter: The values to change.
///   - gradient: Their gradient, of the same shape.
///   - moments: The averages so far.
///   - correction1: 1 − β₁ᵗ at the t-th step, counted from 1.
///   - correction2: 1 − β₂ᵗ.
///   - gradientScale: A factor on the gradient, for clipping.
public func adamWStep(
    _ parameter: Parameter, gradient: Tensor, moments: inout AdamWMoments, learningRate: Float,
    gradientScale: Float = 1, weightDecay: Float, beta1: Float, beta2: Float, epsilon: Float,
    correction1: Float, correction2: Float
) {
    checkGradient(gradient, parameter, "adamWStep")
    let step = AdamWStep(
        learningRate: learningRate, gradientScale: gradientScale, weightDecay: weightDecay,
        beta1: beta1, beta2: beta2, epsilon: epsilon, correction1: correction1,
        correction2: correction2)
    parameter.value.withUniqueMemory { backend, values in
        moments.first.withUniqueMemory { _, first in
            moments.second.withUniqueMemory { _, second in
                backend.adamWStep(
                    parameter: values, gradient: gradient.memory, firstMoment: first,
                    secondMoment: second, step, count: gradient.count)
            }
        }
    }
}

/// The square root of the sum of the squares of all elements of all `tensors`. Waits for the
/// device.
public func globalNorm(_ tensors: [Tensor]) -> Double {
    // All sums are started before the first is waited for.
    let sums = tensors.map { $0.copied(as: .float32) }.map { tensor in
        tensor.backend.make([]) { $0.sumOfSquares(tensor.memory, count: tensor.count, into: $1) }
    }
    return sums.reduce(0) { $0 + Double($1.scalar()) }.squareRoot()
}

extension Tensor {
    /// Every element moved to the nearest value of `range`.
    public func clamped(to range: ClosedRange<Float>) -> Tensor {
        backend.make(shape, elementType) { backend, destination in
            backend.clamp(
                memory, lower: range.lowerBound, upper: range.upperBound, count: count,
                into: destination)
        }
    }

    /// self ← weight · self + otherWeight · other: one step of a moving average, in one pass, in place where
    /// no other tensor shares the memory. Becomes Float32.
    public mutating func formWeightedSum(
        _ weight: Float, _ other: Tensor, _ otherWeight: Float
    ) {
        guard shape == other.shape else {
            fatalError("formWeightedSum: shapes \(shape) and \(other.shape) differ")
        }
        let (count, other) = (count, other.copied(as: .float32))
        if elementType == .float32, isKnownUniquelyReferenced(&storage) {
            withUniqueMemory { backend, memory in
                backend.weightedSum(
                    memory, weight, other.memory, otherWeight, count: count, into: memory)
            }
        } else {
            let old = copied(as: .float32)
            self = backend.make(shape) { backend, memory in
                backend.weightedSum(
                    old.memory, weight, other.memory, otherWeight, count: count, into: memory)
            }
        }
    }
}

private func uninitialized(like tensor: Tensor) -> Tensor {
    tensor.backend.make(tensor.shape) { _, _ in }
}

private func checkGradient(_ gradient: Tensor, _ parameter: Parameter, _ operation: StaticString) {
    guard gradient.shape == parameter.value.shape else {
        fatalError(
            "\(operation): gradient \(gradient.shape) does not fit parameter \(parameter.value.shape)"
        )
    }
}

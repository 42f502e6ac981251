/// Sets elements to zero at random and scales the others up, so that the expectation stays.
///
///     y = x · m / (1 − p),  m = 0 with probability p        dx = dy · m / (1 − p)
///
/// - Parameters:
///   - x: Any tensor.
///   - probability: p in 0..<1.
///   - key: Names the mask: the same key gives the same mask.
/// - Returns: A tensor of x's shape. Saves nothing: the mask is drawn again.
public func dropout(_ x: Tensor, probability: Float, key: RandomKey) -> Tensor {
    check((0..<1).contains(probability), "dropout: probability \(probability) is not in 0..<1")
    return record("dropout", masked(x, probability, key), from: [x]) { dy, _ in
        [masked(dy, probability, key)]
    }
}

private func masked(_ x: Tensor, _ probability: Float, _ key: RandomKey) -> Tensor {
    x.backend.make(x.shape, x.elementType) {
        $0.dropout(x.memory, probability: probability, key: key, count: x.count, into: $1)
    }
}

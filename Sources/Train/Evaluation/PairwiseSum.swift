/// The sum of `values` in the order in which NumPy adds a contiguous array.
///
/// Blocks of at most 128 values go into eight partial sums; longer arrays are halved at a multiple
/// of eight. Averages then equal those of scikit-learn to the last bit, which decides how a value
/// that lies on a rounding boundary is printed. The error grows with log n instead of n.
package func pairwiseSum(_ values: [Double]) -> Double {
    pairwiseSum(values[...])
}

private func pairwiseSum(_ values: ArraySlice<Double>) -> Double {
    let count = values.count
    let start = values.startIndex
    if count < 8 { return values.reduce(0, +) }
    guard count <= 128 else {
        var half = count / 2
        half -= half % 8
        return pairwiseSum(values[start..<start + half]) + pairwiseSum(values[(start + half)...])
    }
    var partial = Array(values[start..<start + 8])
    var position = 8
    while position < count - count % 8 {
        for lane in 0..<8 { partial[lane] += values[start + position + lane] }
        position += 8
    }
    var sum =
        ((partial[0] + partial[1]) + (partial[2] + partial[3]))
        + ((partial[4] + partial[5]) + (partial[6] + partial[7]))
    while position < count {
        sum += values[start + position]
        position += 1
    }
    return sum
}

/// The mean of `values`; NaN when there are none.
package func arithmeticMean(_ values: [Double]) -> Double {
    pairwiseSum(values) / Double(values.count)
}

/// `Σ wᵢ vᵢ / Σ wᵢ`.
package func weightedMean(_ values: [Double], weights: [Int]) -> Double {
    pairwiseSum(zip(values, weights).map { $0 * Double($1) }) / Double(weights.reduce(0, +))
}

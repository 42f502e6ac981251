/// A fully connected layer.
///
///     y = x · W + b        dx = dy · Wᵀ,  dW = xᵀ · dy,  db = Σ_rows dy
///
/// - Parameters:
///   - x: `[N, I]`.
///   - weight: `[I, O]`.
///   - bias: `[O]`.
/// - Returns: `[N, O]`. Saves x and the weight.
public func linear(_ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil) -> Tensor {
    checkRank(x, 2, "linear", "[N, I]")
    check(
        weight.shape.rank == 2 && weight.shape[0] == x.shape[1],
        "linear: weight \(weight.shape) expects \(weight.shape[0]) features, but x is \(x.shape)")
    let (x, weight, bias) = (x.inFloat32, weight.inFloat32, bias?.inFloat32)
    let (rows, inputs, outputs) = (x.shape[0], x.shape[1], weight.shape[1])
    if let bias {
        check(bias.shape == [outputs], "linear: bias \(bias.shape) does not fit \(weight.shape)")
    }
    let y = product(
        x, weight, bias: bias, MatrixGeometry(m: rows, n: outputs, k: inputs),
        shape: [rows, outputs])
    let inputTensors = [x, weight] + (bias.map { [$0] } ?? [])
    return record("linear", y, from: inputTensors) {
        [x = x.detached(), weight = weight.detached()] dy, wants in
        let dx = MatrixGeometry(m: rows, n: inputs, k: outputs, transposesB: true)
        let dw = MatrixGeometry(m: inputs, n: outputs, k: rows, transposesA: true)
        return [
            wants[0] ? product(dy, weight, dx, shape: x.shape) : nil,
            wants[1] ? product(x, dy, dw, shape: weight.shape) : nil,
            wants.count > 2 && wants[2] ? dy.summed(to: [outputs]) : nil,
        ]
    }
}

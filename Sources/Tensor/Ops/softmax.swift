/// Turns each row of logits into a distribution.
///
///     y_c = e^{x_c} / Σ e^{x}        dx = y · (dy − Σ dy · y)        (along the last axis)
///
/// - Parameter x: `[…, C]`.
/// - Returns: A tensor of x's shape. Saves it.
public func softmax(_ x: Tensor) -> Tensor { softmax("softmax", x, logarithmic: false) }

/// Softmax or its logarithm, recorded.
func softmax(_ name: StaticString, _ x: Tensor, logarithmic: Bool) -> Tensor {
    check(
        x.shape.rank >= 1 && x.shape[-1] > 0,
        "\(name): x must have a last axis of at least one class, but is \(x.shape)")
    let x = x.inFloat32
    let columns = x.shape[-1]
    let rows = x.count / columns
    let y = x.backend.make(x.shape) {
        $0.softmax(x.memory, rows: rows, columns: columns, logarithmic: logarithmic, into: $1)
    }
    return record(name, y, from: [x]) { [y] dy, _ in
        [
            dy.backend.make(dy.shape) {
                $0.softmaxGradient(
                    y: y.memory, dy: dy.memory, rows: rows, columns: columns,
                    logarithmic: logarithmic, into: $1)
            }
        ]
    }
}

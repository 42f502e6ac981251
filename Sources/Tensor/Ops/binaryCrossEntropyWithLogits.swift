/// The cross-entropy of independent yes-or-no questions, from logits.
///
///     loss = −(w · t · ln σ(x) + (1 − t) · ln(1 − σ(x)))
///     dx = dloss · ((1 − t) · σ(x) − w · t · (1 − σ(x)))
///
/// - Parameters:
///   - logits: `[…, C]`.
///   - targets: t in 0...1, of the logits' shape.
///   - positiveWeight: w, `[C]`.
///   - reduction: Mean or sum over all elements.
/// - Returns: A scalar. Saves logits and targets; no gradient flows into the targets.
public func binaryCrossEntropyWithLogits(
    _ logits: Tensor, targets: Tensor, positiveWeight: Tensor? = nil,
    reduction: LossReduction = .mean
) -> Tensor {
    check(
        logits.shape.rank >= 1 && targets.shape == logits.shape,
        "binaryCrossEntropyWithLogits: targets \(targets.shape) must have the shape of the logits, "
            + "\(logits.shape)")
    let (logits, targets, positiveWeight) = (
        logits.inFloat32, targets.inFloat32, positiveWeight?.inFloat32
    )
    let columns = logits.shape[-1]
    let rows = logits.count / max(columns, 1)
    if let positiveWeight {
        check(
            positiveWeight.shape == [columns],
            "binaryCrossEntropyWithLogits: weight \(positiveWeight.shape) must be [\(columns)]")
    }
    let losses = logits.backend.make(logits.shape) {
        $0.binaryCrossEntropy(
            logits: logits.memory, targets: targets.memory, positiveWeight: positiveWeight?.memory,
            rows: rows, columns: columns, into: $1)
    }
    let recorded = record("binaryCrossEntropyWithLogits", losses, from: [logits]) {
        [
            logits = logits.detached(), targets = targets.detached(),
            weight = positiveWeight?.detached()
        ] dLosses, _ in
        [
            dLosses.backend.make(logits.shape) {
                $0.binaryCrossEntropyGradient(
                    dLosses: dLosses.memory, logits: logits.memory, targets: targets.memory,
                    positiveWeight: weight?.memory, rows: rows, columns: columns, into: $1)
            }
        ]
    }
    switch reduction {
    case .sum: return sum(recorded)
    case .mean: return mean(recorded)
    }
}

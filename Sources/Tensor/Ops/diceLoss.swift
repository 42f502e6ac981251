/// The Dice loss of a segmentation (Milletari et al. 2016, "V-Net"), class by class and softly.
///
///     p = softmax(x)        t = onehot(label)        over the rows whose label is not ignored
///     I_c = Σ p_c t_c       S_c = Σ p_c + Σ t_c
///     dice_c = (2 · I_c + s) / (S_c + s)
///     loss = 1 − mean of dice_c over the classes
///     dp_c = −dloss / C · (2 · t_c − dice_c) / (S_c + s), and through the softmax to dx
///
/// A class without a single row counts too: predicting none of it is right.
///
/// - Parameters:
///   - logits: `[…, C]`, a row a pixel.
///   - labels: One class of 0..<C, or `ignoreIndex`, for each row.
///   - smoothing: s, which keeps classes that are absent from dividing by zero.
///   - ignoreIndex: The label of rows that do not count.
/// - Returns: A scalar from 0 to 1. Saves the probabilities and the labels' one-hot rows.
public func diceLoss(
    _ logits: Tensor, labels: [Int32], smoothing: Float = 1, ignoreIndex: Int32 = -100
) -> Tensor {
    check(
        logits.shape.rank >= 2 && logits.shape[-1] > 0,
        "diceLoss: logits must be [N, …, C] with at least one class, but are \(logits.shape)")
    let classCount = logits.shape[-1]
    let rows = logits.count / classCount
    check(
        labels.count == rows,
        "diceLoss: \(labels.count) labels for logits \(logits.shape), which are \(rows) rows")
    check(smoothing > 0, "diceLoss: the smoothing \(smoothing) is not positive")
    let (truth, counted) = oneHotRows(labels, classCount, ignoreIndex, on: logits.backend)
    let probabilities = softmax(logits.detached().reshaped(to: [rows, classCount]))
    let kept = probabilities * counted
    let sizes = sum(kept, axes: [0]) + sum(truth, axes: [0]) + smoothing
    let dice = (2 * sum(kept * truth, axes: [0]) + smoothing) / sizes
    return record("diceLoss", 1 - mean(dice), from: [logits]) { [shape = logits.shape] dLoss, _ in
        let slope = dLoss * (-1 / Float(classCount)) / sizes
        let dProbabilities = (2 * truth - dice) * slope * counted
        return [
            dLoss.backend.make(shape) {
                $0.softmaxGradient(
                    y: probabilities.memory, dy: dProbabilities.memory, rows: rows,
                    columns: classCount, logarithmic: false, into: $1)
            }
        ]
    }
}

/// 1 where a row's label is the column's class, `[rows, C]`; 1 for rows that count, `[rows, 1]`.
private func oneHotRows(
    _ labels: [Int32], _ classCount: Int, _ ignoreIndex: Int32, on backend: any Backend
) -> (truth: Tensor, counted: Tensor) {
    var truth = [Float](repeating: 0, count: labels.count * classCount)
    var counted = [Float](repeating: 0, count: labels.count)
    for (row, label) in labels.enumerated() where label != ignoreIndex {
        check(
            (0..<Int32(classCount)).contains(label),
            "diceLoss: label \(label) is not in 0..<\(classCount)")
        truth[row * classCount + Int(label)] = 1
        counted[row] = 1
    }
    return withBackend(backend) {
        (
            Tensor(truth, shape: [labels.count, classCount]),
            Tensor(counted, shape: [labels.count, 1])
        )
    }
}

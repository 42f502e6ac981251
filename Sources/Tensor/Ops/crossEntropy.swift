/// How the losses of the rows become one number.
public enum LossReduction: Sendable {
    /// The mean, weighted by the rows' class weights.
    case mean
    /// The sum.
    case sum
}

/// The cross-entropy of logits against class labels.
///
///     t = (1 − ε) · onehot(label) + ε / C
///     loss = −Σ_c w_c · t_c · logsoftmax(x)_c
///     mean = Σ loss / Σ w_label        over the rows whose label is not ignored
///     dx_c = dloss · (softmax(x)_c · Σ_k w_k t_k − w_c t_c)
///
/// - Parameters:
///   - logits: `[…, C]`: a row an image, or a row a pixel.
///   - labels: One class of 0..<C, or `ignoreIndex`, for each row.
///   - labelSmoothing: ε.
///   - classWeights: w, `[C]`.
///   - ignoreIndex: The label of rows that do not count.
///   - reduction: How rows are summed up. The mean of no rows is NaN, as in PyTorch.
/// - Returns: A scalar. Saves the logits.
public func crossEntropy(
    _ logits: Tensor, labels: [Int32], labelSmoothing: Float = 0, classWeights: Tensor? = nil,
    ignoreIndex: Int32 = -100, reduction: LossReduction = .mean
) -> Tensor {
    let geometry = CrossEntropyGeometry(
        logits.shape, classWeights, labelSmoothing: labelSmoothing, ignoreIndex: ignoreIndex)
    check(
        labels.count == geometry.rows,
        "crossEntropy: \(labels.count) labels for logits \(logits.shape), which are \(geometry.rows) rows"
    )
    if let wrong = labels.first(where: {
        $0 != ignoreIndex && !(0..<Int32(geometry.columns)).contains($0)
    }) {
        fatalError("crossEntropy: label \(wrong) is not in 0..<\(geometry.columns)")
    }
    let (logits, classWeights) = (logits.inFloat32, classWeights?.inFloat32)
    let indices = IntegerStorage(labels, backend: logits.backend)
    let (losses, weights) = crossEntropyRows(logits, classWeights, geometry) {
        .labels(indices.memory)
    }
    switch reduction {
    case .sum: return sum(losses)
    case .mean: return sum(losses) / sum(weights)
    }
}

/// The cross-entropy of logits against distributions; see the form for labels.
///
/// - Parameters:
///   - logits: `[…, C]`.
///   - targets: t, of the logits' shape; smoothing is applied on top.
///   - labelSmoothing: ε.
///   - classWeights: w, `[C]`.
///   - reduction: How rows are summed up; the mean divides by the number of rows.
/// - Returns: A scalar. Saves the logits and the targets; no gradient flows into the targets.
public func crossEntropy(
    _ logits: Tensor, targets: Tensor, labelSmoothing: Float = 0, classWeights: Tensor? = nil,
    reduction: LossReduction = .mean
) -> Tensor {
    let geometry = CrossEntropyGeometry(
        logits.shape, classWeights, labelSmoothing: labelSmoothing, ignoreIndex: -1)
    check(
        targets.shape == logits.shape,
        "crossEntropy: targets \(targets.shape) must have the shape of the logits, \(logits.shape)")
    let (logits, classWeights) = (logits.inFloat32, classWeights?.inFloat32)
    let targets = targets.detached().inFloat32
    let (losses, _) = crossEntropyRows(logits, classWeights, geometry) {
        .distributions(targets.memory)
    }
    switch reduction {
    case .sum: return sum(losses)
    case .mean: return mean(losses)
    }
}

/// The losses and weights of the rows. `targets` keeps what it names alive as long as it lives.
private func crossEntropyRows(
    _ logits: Tensor, _ classWeights: Tensor?, _ geometry: CrossEntropyGeometry,
    targets: @escaping @Sendable () -> CrossEntropyTargets
) -> (losses: Tensor, weights: Tensor) {
    let backend = logits.backend
    let weights = Storage(backend: backend, count: geometry.rows)
    let losses = backend.make([geometry.rows]) {
        $0.crossEntropy(
            logits: logits.memory, targets: targets(), classWeights: classWeights?.memory, geometry,
            into: $1, rowWeights: weights.memory)
    }
    let recorded = record("crossEntropy", losses, from: [logits]) {
        [logits = logits.detached(), classWeights = classWeights?.detached()] dLosses, _ in
        [
            dLosses.backend.make(logits.shape) {
                $0.crossEntropyGradient(
                    dLosses: dLosses.memory, logits: logits.memory, targets: targets(),
                    classWeights: classWeights?.memory, geometry, into: $1)
            }
        ]
    }
    return (recorded, Tensor(shape: [geometry.rows], storage: weights))
}

extension CrossEntropyGeometry {
    /// The shape rule of `crossEntropy`.
    fileprivate init(
        _ logits: Shape, _ classWeights: Tensor?, labelSmoothing: Float, ignoreIndex: Int32
    ) {
        check(
            logits.rank >= 2 && logits[-1] > 0,
            "crossEntropy: logits must be [N, …, C] with at least one class, but are \(logits)")
        if let classWeights {
            check(
                classWeights.shape == [logits[-1]],
                "crossEntropy: class weights \(classWeights.shape) must be [\(logits[-1])]")
        }
        check(
            (0...1).contains(labelSmoothing),
            "crossEntropy: label smoothing \(labelSmoothing) is not in 0...1")
        self.init(
            rows: logits.count / logits[-1], columns: logits[-1], labelSmoothing: labelSmoothing,
            ignoreIndex: ignoreIndex)
    }
}

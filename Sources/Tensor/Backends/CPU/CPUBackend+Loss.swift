import Kernels

/// Elements of a block of work that takes an exponential for each.
private let exponentialsPerBlock = 8192

extension CPUBackend {
    /// Softmax, or its logarithm, of each row.
    public func softmax(
        _ x: DeviceMemory, rows: Int, columns: Int, logarithmic: Bool, into y: DeviceMemory
    ) {
        let x = x.floats
        let y = y.floats
        forEachLossBlock(rows, columns) { begin, count in
            residual_softmax(
                x + begin * columns, count, columns, logarithmic, y + begin * columns)
        }
    }

    /// dx from y and dy.
    public func softmaxGradient(
        y: DeviceMemory, dy: DeviceMemory, rows: Int, columns: Int, logarithmic: Bool,
        into dx: DeviceMemory
    ) {
        let y = y.floats
        let dy = dy.floats
        let dx = dx.floats
        forEachLossBlock(rows, columns) { begin, count in
            let start = begin * columns
            residual_softmax_gradient(
                y + start, dy + start, count, columns, logarithmic, dx + start)
        }
    }

    /// The cross-entropy of each row and its weight in a mean.
    public func crossEntropy(
        logits: DeviceMemory, targets: CrossEntropyTargets, classWeights: DeviceMemory?,
        _ geometry: CrossEntropyGeometry, into losses: DeviceMemory, rowWeights: DeviceMemory
    ) {
        let logits = logits.floats
        let losses = losses.floats
        let rowWeights = rowWeights.floats
        let columns = geometry.columns
        forEachLossBlock(geometry.rows, columns) { begin, count in
            residual_cross_entropy(
                logits + begin * columns,
                kernelTargets(targets, classWeights, geometry, firstRow: begin), count,
                losses + begin, rowWeights + begin)
        }
    }

    /// The gradient with respect to the logits.
    public func crossEntropyGradient(
        dLosses: DeviceMemory, logits: DeviceMemory, targets: CrossEntropyTargets,
        classWeights: DeviceMemory?, _ geometry: CrossEntropyGeometry, into dLogits: DeviceMemory
    ) {
        let dLosses = dLosses.floats
        let logits = logits.floats
        let dLogits = dLogits.floats
        let columns = geometry.columns
        forEachLossBlock(geometry.rows, columns) { begin, count in
            residual_cross_entropy_gradient(
                dLosses + begin, logits + begin * columns,
                kernelTargets(targets, classWeights, geometry, firstRow: begin), count,
                dLogits + begin * columns)
        }
    }

    /// loss = −(w·t·log σ(x) + (1 − t)·log(1 − σ(x))).
    public func binaryCrossEntropy(
        logits: DeviceMemory, targets: DeviceMemory, positiveWeight: DeviceMemory?, rows: Int,
        columns: Int, into losses: DeviceMemory
    ) {
        let logits = logits.floats
        let targets = targets.floats
        let losses = losses.floats
        let weights = positiveWeight?.floats
        forEachWeightedBlock(rows, columns, isWeighted: weights != nil) { start, rows, columns in
            residual_binary_cross_entropy(
                logits + start, targets + start, weights, rows, columns, losses + start)
        }
    }

    /// Its gradient with respect to the logits.
    public func binaryCrossEntropyGradient(
        dLosses: DeviceMemory, logits: DeviceMemory, targets: DeviceMemory,
        positiveWeight: DeviceMemory?, rows: Int, columns: Int, into dLogits: DeviceMemory
    ) {
        let dLosses = dLosses.floats
        let logits = logits.floats
        let targets = targets.floats
        let dLogits = dLogits.floats
        let weights = positiveWeight?.floats
        forEachWeightedBlock(rows, columns, isWeighted: weights != nil) { start, rows, columns in
            residual_binary_cross_entropy_gradient(
                dLosses + start, logits + start, targets + start, weights, rows, columns,
                dLogits + start)
        }
    }

    private func forEachLossBlock(
        _ rows: Int, _ columns: Int, _ body: (_ firstRow: Int, _ count: Int) -> Void
    ) {
        forEachBlock(ofRows: rows, rowLength: columns, elements: exponentialsPerBlock) { block, _ in
            body(block.lowerBound, block.count)
        }
    }

    /// Without weights, rows mean nothing and all elements are one.
    private func forEachWeightedBlock(
        _ rows: Int, _ columns: Int, isWeighted: Bool,
        _ body: (_ start: Int, _ rows: Int, _ columns: Int) -> Void
    ) {
        if isWeighted {
            forEachLossBlock(rows, columns) { body($0 * columns, $1, columns) }
        } else {
            forEachLossBlock(rows * columns, 1) { body($0, 1, $1) }
        }
    }
}

/// The targets from row `firstRow` on.
private func kernelTargets(
    _ targets: CrossEntropyTargets, _ classWeights: DeviceMemory?,
    _ geometry: CrossEntropyGeometry, firstRow: Int
) -> residual_targets {
    var labels: UnsafePointer<Int32>?
    var distributions: UnsafePointer<Float>?
    switch targets {
    case .labels(let memory): labels = UnsafePointer(memory.integers + firstRow)
    case .distributions(let memory):
        distributions = UnsafePointer(memory.floats + firstRow * geometry.columns)
    }
    return residual_targets(
        labels: labels, distributions: distributions,
        class_weights: classWeights.map { UnsafePointer($0.floats) }, columns: geometry.columns,
        smoothing: geometry.labelSmoothing, ignore_index: geometry.ignoreIndex)
}

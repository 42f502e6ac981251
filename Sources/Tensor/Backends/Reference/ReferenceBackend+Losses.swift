extension ReferenceBackend {
    /// Softmax, or its logarithm, of each row.
    public func softmax(
        _ x: DeviceMemory, rows: Int, columns: Int, logarithmic: Bool, into y: DeviceMemory
    ) {
        let x = floats(x)
        let y = floats(y)
        for row in 0..<rows {
            let logarithms = logSoftmax(x, row: row, columns: columns)
            for (c, value) in logarithms.enumerated() {
                y[row * columns + c] = Float(logarithmic ? value : exponential(value))
            }
        }
    }

    /// dx from y and dy.
    public func softmaxGradient(
        y: DeviceMemory, dy: DeviceMemory, rows: Int, columns: Int, logarithmic: Bool,
        into dx: DeviceMemory
    ) {
        let y = floats(y)
        let dy = floats(dy)
        let dx = floats(dx)
        for row in 0..<rows {
            let range = row * columns..<(row + 1) * columns
            if logarithmic {
                let sum = range.reduce(0.0) { $0 + Double(dy[$1]) }
                for i in range { dx[i] = Float(Double(dy[i]) - exponential(Double(y[i])) * sum) }
            } else {
                let sum = range.reduce(0.0) { $0 + Double(dy[$1]) * Double(y[$1]) }
                for i in range { dx[i] = Float(Double(y[i]) * (Double(dy[i]) - sum)) }
            }
        }
    }

    /// The cross-entropy of each row and its weight in a mean.
    public func crossEntropy(
        logits: DeviceMemory, targets: CrossEntropyTargets, classWeights: DeviceMemory?,
        _ geometry: CrossEntropyGeometry, into losses: DeviceMemory, rowWeights: DeviceMemory
    ) {
        let logits = floats(logits)
        let classWeights = classWeights.map(floats)
        let losses = floats(losses)
        let rowWeights = floats(rowWeights)
        for row in 0..<geometry.rows {
            let target = weightedTarget(row, targets, classWeights, geometry)
            let logarithms = logSoftmax(logits, row: row, columns: geometry.columns)
            losses[row] = Float(
                -zip(target.distribution, logarithms).reduce(0) { $0 + $1.0 * $1.1 })
            rowWeights[row] = Float(target.rowWeight)
        }
    }

    /// The gradient with respect to the logits: dloss · (softmax · Σ w·t − w·t).
    public func crossEntropyGradient(
        dLosses: DeviceMemory, logits: DeviceMemory, targets: CrossEntropyTargets,
        classWeights: DeviceMemory?, _ geometry: CrossEntropyGeometry, into dLogits: DeviceMemory
    ) {
        let dLosses = floats(dLosses)
        let logits = floats(logits)
        let classWeights = classWeights.map(floats)
        let dLogits = floats(dLogits)
        for row in 0..<geometry.rows {
            let target = weightedTarget(row, targets, classWeights, geometry).distribution
            let logarithms = logSoftmax(logits, row: row, columns: geometry.columns)
            let mass = target.reduce(0, +)
            for c in 0..<geometry.columns {
                let slope = exponential(logarithms[c]) * mass - target[c]
                dLogits[row * geometry.columns + c] = Float(Double(dLosses[row]) * slope)
            }
        }
    }

    /// loss = −(w·t·log σ(x) + (1 − t)·log(1 − σ(x))).
    public func binaryCrossEntropy(
        logits: DeviceMemory, targets: DeviceMemory, positiveWeight: DeviceMemory?, rows: Int,
        columns: Int, into losses: DeviceMemory
    ) {
        let logits = floats(logits)
        let targets = floats(targets)
        let positiveWeight = positiveWeight.map(floats)
        let losses = floats(losses)
        for i in 0..<rows * columns {
            let x = Double(logits[i])
            let t = Double(targets[i])
            let weight = positiveWeight.map { Double($0[i % columns]) } ?? 1
            // −log σ(x) = log(1 + e⁻ˣ), and −log(1 − σ(x)) is that of −x.
            losses[i] = Float(weight * t * softplus(-x) + (1 - t) * softplus(x))
        }
    }

    /// Its gradient: dloss · ((1 − t) · σ(x) − w·t·σ(−x)).
    public func binaryCrossEntropyGradient(
        dLosses: DeviceMemory, logits: DeviceMemory, targets: DeviceMemory,
        positiveWeight: DeviceMemory?, rows: Int, columns: Int, into dLogits: DeviceMemory
    ) {
        let dLosses = floats(dLosses)
        let logits = floats(logits)
        let targets = floats(targets)
        let positiveWeight = positiveWeight.map(floats)
        let dLogits = floats(dLogits)
        for i in 0..<rows * columns {
            let x = Double(logits[i])
            let t = Double(targets[i])
            let weight = positiveWeight.map { Double($0[i % columns]) } ?? 1
            let slope = (1 - t) * logistic(x) - weight * t * logistic(-x)
            dLogits[i] = Float(Double(dLosses[i]) * slope)
        }
    }

    /// log(1 + eˣ) without overflow.
    private func softplus(_ x: Double) -> Double { max(x, 0) + logarithm(1 + exponential(-abs(x))) }

    private func logSoftmax(_ x: CheckedFloats, row: Int, columns: Int) -> [Double] {
        let values = (0..<columns).map { Double(x[row * columns + $0]) }
        let maximum = values.max() ?? 0
        let sum = values.reduce(0) { $0 + exponential($1 - maximum) }
        return values.map { $0 - maximum - logarithm(sum) }
    }

    /// w_c · ((1 − ε) · t_c + ε / C) for each class, and the row's weight in a mean.
    private func weightedTarget(
        _ row: Int, _ targets: CrossEntropyTargets, _ classWeights: CheckedFloats?,
        _ g: CrossEntropyGeometry
    ) -> (distribution: [Double], rowWeight: Double) {
        func weight(_ c: Int) -> Double { classWeights.map { Double($0[c]) } ?? 1 }
        var target = [Double](repeating: 0, count: g.columns)
        var rowWeight = 1.0
        switch targets {
        case .labels(let memory):
            let label = integers(memory)[row]
            if label == g.ignoreIndex { return (target, 0) }
            target[Int(label)] = 1
            rowWeight = weight(Int(label))
        case .distributions(let memory):
            let distributions = floats(memory)
            for c in 0..<g.columns { target[c] = Double(distributions[row * g.columns + c]) }
        }
        let smoothing = Double(g.labelSmoothing)
        for c in 0..<g.columns {
            target[c] = weight(c) * ((1 - smoothing) * target[c] + smoothing / Double(g.columns))
        }
        return (target, rowWeight)
    }
}

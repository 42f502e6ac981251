extension ProfilingBackend {
    /// Softmax, or its logarithm.
    public func softmax(
        _ x: DeviceMemory, rows: Int, columns: Int, logarithmic: Bool, into y: DeviceMemory
    ) {
        measure("softmax", .matrix(rows: rows, columns: columns), bytes: 8 * rows * columns) {
            target.softmax(x, rows: rows, columns: columns, logarithmic: logarithmic, into: y)
        }
    }

    /// Its gradient.
    public func softmaxGradient(
        y: DeviceMemory, dy: DeviceMemory, rows: Int, columns: Int, logarithmic: Bool,
        into dx: DeviceMemory
    ) {
        measure(
            "softmax gradient", .matrix(rows: rows, columns: columns), bytes: 12 * rows * columns
        ) {
            target.softmaxGradient(
                y: y, dy: dy, rows: rows, columns: columns, logarithmic: logarithmic, into: dx)
        }
    }

    /// The cross-entropy of each row.
    public func crossEntropy(
        logits: DeviceMemory, targets: CrossEntropyTargets, classWeights: DeviceMemory?,
        _ geometry: CrossEntropyGeometry, into losses: DeviceMemory, rowWeights: DeviceMemory
    ) {
        measure(
            "cross-entropy", geometry.extent,
            bytes: 4 * (geometry.elements + geometry.targetCount(targets) + 2 * geometry.rows)
        ) {
            target.crossEntropy(
                logits: logits, targets: targets, classWeights: classWeights, geometry,
                into: losses, rowWeights: rowWeights)
        }
    }

    /// Its gradient.
    public func crossEntropyGradient(
        dLosses: DeviceMemory, logits: DeviceMemory, targets: CrossEntropyTargets,
        classWeights: DeviceMemory?, _ geometry: CrossEntropyGeometry, into dLogits: DeviceMemory
    ) {
        measure(
            "cross-entropy gradient", geometry.extent,
            bytes: 4 * (2 * geometry.elements + geometry.targetCount(targets) + geometry.rows)
        ) {
            target.crossEntropyGradient(
                dLosses: dLosses, logits: logits, targets: targets, classWeights: classWeights,
                geometry, into: dLogits)
        }
    }

    /// The binary cross-entropy of each element.
    public func binaryCrossEntropy(
        logits: DeviceMemory, targets: DeviceMemory, positiveWeight: DeviceMemory?, rows: Int,
        columns: Int, into losses: DeviceMemory
    ) {
        measure(
            "binary cross-entropy", .matrix(rows: rows, columns: columns),
            bytes: 12 * rows * columns
        ) {
            target.binaryCrossEntropy(
                logits: logits, targets: targets, positiveWeight: positiveWeight, rows: rows,
                columns: columns, into: losses)
        }
    }

    /// Its gradient.
    public func binaryCrossEntropyGradient(
        dLosses: DeviceMemory, logits: DeviceMemory, targets: DeviceMemory,
        positiveWeight: DeviceMemory?, rows: Int, columns: Int, into dLogits: DeviceMemory
    ) {
        measure(
            "binary cross-entropy gradient", .matrix(rows: rows, columns: columns),
            bytes: 16 * rows * columns
        ) {
            target.binaryCrossEntropyGradient(
                dLosses: dLosses, logits: logits, targets: targets, positiveWeight: positiveWeight,
                rows: rows, columns: columns, into: dLogits)
        }
    }

    // MARK: Optimiser steps

    /// An update by SGD: parameter and momentum are read and written, the gradient is read.
    public func sgdStep(
        parameter: DeviceMemory, gradient: DeviceMemory, momentum: DeviceMemory?, _ step: SGDStep,
        count: Int
    ) {
        measure("SGD step", .any, bytes: (momentum == nil ? 12 : 20) * count) {
            target.sgdStep(
                parameter: parameter, gradient: gradient, momentum: momentum, step, count: count)
        }
    }

    /// An update by AdamW: parameter and both moments are read and written, the gradient is read.
    public func adamWStep(
        parameter: DeviceMemory, gradient: DeviceMemory, firstMoment: DeviceMemory,
        secondMoment: DeviceMemory, _ step: AdamWStep, count: Int
    ) {
        measure("AdamW step", .any, bytes: 28 * count) {
            target.adamWStep(
                parameter: parameter, gradient: gradient, firstMoment: firstMoment,
                secondMoment: secondMoment, step, count: count)
        }
    }

    /// sum = xWeight · x + yWeight · y.
    public func weightedSum(
        _ x: DeviceMemory, _ xWeight: Float, _ y: DeviceMemory, _ yWeight: Float, count: Int,
        into sum: DeviceMemory
    ) {
        measure("weighted sum", .elements(count), bytes: 12 * count) {
            target.weightedSum(x, xWeight, y, yWeight, count: count, into: sum)
        }
    }

    /// x ← x + value · identity.
    public func addToDiagonal(_ value: Float, of x: DeviceMemory, size: Int) {
        measure("add to diagonal", .elements(size), bytes: 8 * size) {
            target.addToDiagonal(value, of: x, size: size)
        }
    }

    /// The sum of squares.
    public func sumOfSquares(_ x: DeviceMemory, count: Int, into sum: DeviceMemory) {
        measure("sum of squares", .any, bytes: 4 * count) {
            target.sumOfSquares(x, count: count, into: sum)
        }
    }
}

extension CrossEntropyGeometry {
    fileprivate var elements: Int { rows * columns }
    fileprivate var extent: ProfiledOperation.Extent { .matrix(rows: rows, columns: columns) }

    fileprivate func targetCount(_ targets: CrossEntropyTargets) -> Int {
        switch targets {
        case .labels: rows
        case .distributions: elements
        }
    }
}

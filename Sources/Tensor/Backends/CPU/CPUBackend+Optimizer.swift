import Kernels

extension CPUBackend {
    /// One update by stochastic gradient descent.
    public func sgdStep(
        parameter: DeviceMemory, gradient: DeviceMemory, momentum: DeviceMemory?, _ step: SGDStep,
        count: Int
    ) {
        let parameter = parameter.floats
        let gradient = gradient.floats
        let momentum = momentum?.floats
        let kernelStep = residual_sgd(
            learning_rate: step.learningRate, gradient_scale: step.gradientScale,
            weight_decay: step.weightDecay, momentum: step.momentum, kept: 1 - step.dampening,
            nesterov: step.nesterov, is_first: step.isFirst)
        withUnsafePointer(to: kernelStep) { kernelStep in
            forEachBlock(of: count) { block, _ in
                let begin = block.lowerBound
                residual_sgd_step(
                    kernelStep, gradient + begin, block.count, parameter + begin,
                    momentum.map { $0 + begin })
            }
        }
    }

    /// One update by AdamW.
    public func adamWStep(
        parameter: DeviceMemory, gradient: DeviceMemory, firstMoment: DeviceMemory,
        secondMoment: DeviceMemory, _ step: AdamWStep, count: Int
    ) {
        let parameter = parameter.floats
        let gradient = gradient.floats
        let first = firstMoment.floats
        let second = secondMoment.floats
        let rate = Double(step.learningRate)
        let kernelStep = residual_adamw(
            gradient_scale: step.gradientScale, beta1: step.beta1,
            rest1: Float(1 - Double(step.beta1)), beta2: step.beta2,
            rest2: Float(1 - Double(step.beta2)),
            decay: Float(1 - rate * Double(step.weightDecay)),
            rate: Float(rate / Double(step.correction1)),
            root_scale: Float(1 / Double(step.correction2).squareRoot()), epsilon: step.epsilon)
        withUnsafePointer(to: kernelStep) { kernelStep in
            forEachBlock(of: count) { block, _ in
                let begin = block.lowerBound
                residual_adamw_step(
                    kernelStep, gradient + begin, block.count, parameter + begin, first + begin,
                    second + begin)
            }
        }
    }

    /// sum = xWeight · x + yWeight · y.
    public func weightedSum(
        _ x: DeviceMemory, _ xWeight: Float, _ y: DeviceMemory, _ yWeight: Float, count: Int,
        into sum: DeviceMemory
    ) {
        let (x, y, sum) = (x.floats, y.floats, sum.floats)
        forEachBlock(of: count) { block, _ in
            let begin = block.lowerBound
            residual_weighted_sum(
                x + begin, xWeight, y + begin, yWeight, block.count, sum + begin)
        }
    }

    /// x ← x + value · identity.
    public func addToDiagonal(_ value: Float, of x: DeviceMemory, size: Int) {
        for place in 0..<size { x.floats[place * (size + 1)] += value }
    }
}

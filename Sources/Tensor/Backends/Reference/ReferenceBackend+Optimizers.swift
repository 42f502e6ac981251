extension ReferenceBackend {
    /// One update by stochastic gradient descent.
    public func sgdStep(
        parameter: DeviceMemory, gradient: DeviceMemory, momentum: DeviceMemory?, _ step: SGDStep,
        count: Int
    ) {
        let parameters = floats(parameter)
        let gradients = floats(gradient)
        let momenta = momentum.map(floats)
        let rate = Double(step.learningRate)
        let share = Double(step.momentum)
        for i in 0..<count {
            let p = Double(parameters[i])
            let g =
                Double(step.gradientScale) * Double(gradients[i]) + Double(step.weightDecay) * p
            guard let momenta else {
                parameters[i] = Float(p - rate * g)
                continue
            }
            let kept = share * Double(momenta[i]) + (1 - Double(step.dampening)) * g
            let v = step.isFirst ? g : kept
            momenta[i] = Float(v)
            parameters[i] = Float(p - rate * (step.nesterov ? g + share * v : v))
        }
    }

    /// One update by AdamW.
    public func adamWStep(
        parameter: DeviceMemory, gradient: DeviceMemory, firstMoment: DeviceMemory,
        secondMoment: DeviceMemory, _ step: AdamWStep, count: Int
    ) {
        let parameters = floats(parameter)
        let gradients = floats(gradient)
        let firstMoments = floats(firstMoment)
        let secondMoments = floats(secondMoment)
        let rate = Double(step.learningRate)
        let beta1 = Double(step.beta1)
        let beta2 = Double(step.beta2)
        for i in 0..<count {
            let g = Double(step.gradientScale) * Double(gradients[i])
            let m = beta1 * Double(firstMoments[i]) + (1 - beta1) * g
            let v = beta2 * Double(secondMoments[i]) + (1 - beta2) * g * g
            firstMoments[i] = Float(m)
            secondMoments[i] = Float(v)
            let deviation = (v / Double(step.correction2)).squareRoot() + Double(step.epsilon)
            let decayed = Double(parameters[i]) * (1 - rate * Double(step.weightDecay))
            parameters[i] = Float(decayed - rate / Double(step.correction1) * m / deviation)
        }
    }

    /// sum = xWeight · x + yWeight · y.
    public func weightedSum(
        _ x: DeviceMemory, _ xWeight: Float, _ y: DeviceMemory, _ yWeight: Float, count: Int,
        into sum: DeviceMemory
    ) {
        let (x, y, sum) = (floats(x), floats(y), floats(sum))
        for i in 0..<count { sum[i] = xWeight * x[i] + yWeight * y[i] }
    }

    /// x ← x + value · identity.
    public func addToDiagonal(_ value: Float, of x: DeviceMemory, size: Int) {
        for place in 0..<size { floats(x)[place * (size + 1)] += value }
    }
}

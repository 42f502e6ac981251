import Tensor

/// A residual network of a few layers on odd sizes: convolutions with and without stride, batch norm
/// with residual and ReLU, pooling, a classifier.
///
/// Not Sendable: parameters have one owner.
final class SmallNetwork {
    let backend: any Backend
    let stem: Parameter
    let block1: Parameter
    let block2: Parameter
    let shortcut: Parameter
    let scales: [Parameter]
    let shifts: [Parameter]
    let head: Parameter
    let bias: Parameter
    let images: Tensor
    let labels: [Int32] = [3, 0, 4, 1, 2]
    private var buffers = [Tensor?](repeating: nil, count: 14)

    var parameters: [Parameter] {
        [stem, block1, block2, shortcut, head, bias] + scales + shifts
    }

    init(backend: any Backend, seed: UInt64 = 17) {
        self.backend = backend
        var count = 0
        func random(_ shape: Shape, deviation: Float) -> Tensor {
            count += 1
            var random = RandomStream(seed: seed, purpose: .initialization, index: count)
            let values = (0..<shape.count).map { _ in deviation * random.normal() }
            return withBackend(backend) { Tensor(values, shape: shape) }
        }
        func vector(_ value: Float, _ count: Int) -> Parameter {
            withBackend(backend) {
                Parameter(Tensor(repeating: value, shape: [count]), role: .vector)
            }
        }
        stem = Parameter(random([3, 3, 3, 6], deviation: 0.3), role: .filter)
        block1 = Parameter(random([3, 3, 6, 10], deviation: 0.2), role: .filter)
        block2 = Parameter(random([3, 3, 10, 10], deviation: 0.2), role: .filter)
        shortcut = Parameter(random([1, 1, 6, 10], deviation: 0.4), role: .filter)
        scales = [vector(1, 6), vector(1, 10), vector(0.5, 10), vector(1, 10)]
        shifts = [vector(0, 6), vector(0, 10), vector(0, 10), vector(0, 10)]
        head = Parameter(random([10, 5], deviation: 0.3), role: .matrix)
        bias = vector(0, 5)
        images = random([5, 13, 11, 3], deviation: 1)
    }

    /// The logits, `[5, 5]`.
    func callAsFunction(_ x: Tensor) -> Tensor {
        let stem = maxPool2d(
            normalized(conv2d(x, stem.tensor(), padding: 1), 0, relu: true), kernel: 3, stride: 2,
            padding: 1)
        let hidden = normalized(
            conv2d(stem, block1.tensor(), stride: 2, padding: 1), 1, relu: true)
        let short = normalized(conv2d(stem, shortcut.tensor(), stride: 2), 3)
        let block = normalized(
            conv2d(hidden, block2.tensor(), padding: 1), 2, residual: short, relu: true)
        return linear(globalAveragePool(block), head.tensor(), bias.tensor())
    }

    /// The loss of the images, and the gradients for `parameters`.
    func lossAndGradients(
        of parameters: [Parameter]? = nil
    ) -> (value: Tensor, gradients: Gradients) {
        valueWithGradients(of: parameters ?? self.parameters) {
            crossEntropy(self(images), labels: labels, labelSmoothing: 0.1)
        }
    }

    /// One step of gradient descent with momentum; the loss before it.
    func step(learningRate: Float) -> Float {
        let (loss, gradients) = lossAndGradients()
        for (index, parameter) in parameters.enumerated() {
            guard let gradient = gradients[parameter] else { continue }
            sgdStep(
                parameter, gradient: gradient, buffer: &buffers[index], learningRate: learningRate,
                weightDecay: 1e-4, momentum: 0.9)
        }
        return loss.scalar()
    }

    private func normalized(
        _ x: Tensor, _ index: Int, residual: Tensor? = nil, relu: Bool = false
    ) -> Tensor {
        batchNorm(
            x, scale: scales[index].tensor(), shift: shifts[index].tensor(), residual: residual,
            relu: relu
        ).output
    }
}

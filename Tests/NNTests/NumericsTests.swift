import NN
import Tensor
import Testing

/// Training with Winograd's algorithm and without.
@Suite struct NumericsTests {
    private func train(_ numerics: Numerics) throws -> (losses: [Float], weights: [Float]) {
        try withBackend(CPUBackend(threadCount: 2, numerics: numerics)) {
            let model = try ModelRegistry.make(
                "resnet20", classCount: 5, seed: 3,
                options: ModelOptions(zeroInitResidual: false))
            let optimizer = SGD(
                ParameterGroup.standard(model.namedParameters, weightDecay: 1e-3), momentum: 0.9)
            let parameters = model.parameters
            var random = RandomStream(seed: 5, purpose: .synthesis)
            let pixels = (0..<10 * 32 * 32 * 3).map { _ in random.normal() }
            let images = Tensor(pixels, shape: [10, 32, 32, 3])
            let labels = (0..<10).map { Int32($0 % 5) }
            let losses = (0..<5).map { step in
                let (loss, gradients) = valueWithGradients(of: parameters) {
                    crossEntropy(
                        model(images, .training(Randomness(seed: 1, step: step))), labels: labels)
                }
                optimizer.step(gradients, learningRate: 0.01)
                return loss.scalar()
            }
            return (losses, model.prefix(through: "layer1").parameters[3].value.array())
        }
    }

    @Test func fastAndExactDifferInTheLastDigits() throws {
        let (fast, exact) = (try train(.fast), try train(.exact))
        #expect(fast.weights != exact.weights)
        for (a, b) in zip(fast.losses, exact.losses) { #expect(abs(a - b) <= 1e-3 * abs(b)) }
        let difference = zip(fast.weights, exact.weights).map { abs($0 - $1) }.max() ?? 1
        #expect(difference <= 1e-3 * (exact.weights.map { abs($0) }.max() ?? 0))
    }

    @Test func eachIsReproducible() throws {
        for numerics in Numerics.allCases {
            #expect(try train(numerics).weights == train(numerics).weights)
        }
    }
}

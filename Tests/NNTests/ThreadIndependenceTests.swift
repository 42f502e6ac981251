import Glibc
import NN
import Tensor
import Testing

/// The number of threads changes no bit of what a model computes.
///
/// `TensorTests` hold every operation to it, on shapes of their own; here are the shapes of every
/// model, in a training step and in a plan.
@Suite(.serialized) struct ThreadIndependenceTests {
    private typealias Result = (name: String, values: [Float])

    @Test(arguments: ModelRegistry.names, [ElementType.float32, .bfloat16])
    func oneToEightThreadsGiveTheSameBits(name: String, type: ElementType) throws {
        let expected = try results(of: name, type, threads: 1)
        for threads in [2, 3, 8] {
            let found = try results(of: name, type, threads: threads)
            try #require(found.count == expected.count)
            let different = zip(found, expected).filter { !haveSameBits($0.values, $1.values) }
                .map(\.0.name)
            #expect(different == [], "\(threads) threads")
        }
    }

    /// Loss, gradients and running statistics of a training step with activations of a type, and the
    /// probabilities of a plan made after it, which computes in Float.
    private func results(
        of name: String, _ type: ElementType, threads: Int
    ) throws -> [Result] {
        try withBackend(CPUBackend(threadCount: threads)) {
            let model = try ModelRegistry.make(name, classCount: 10, seed: nil)
            let parameters = model.namedParameters
            for (index, named) in parameters.enumerated() { fill(named.parameter, index) }
            let isSmall = try ModelRegistry.defaultInputSize(of: name).height == 32
            let images = images(isSmall ? [3, 32, 32, 3] : [2, 40, 48, 3])
            let (loss, gradients) = valueWithGradients(of: model.parameters) {
                let logits = model(
                    images.converted(to: type), .training(Randomness(seed: 0, step: 0)))
                return crossEntropy(
                    logits, labels: (0..<logits.count / 10).map { Int32((3 * $0 + 1) % 10) })
            }
            #expect(loss.scalar().isFinite)
            var results: [Result] = [("loss", loss.array())]
            for (key, parameter) in parameters where parameter.isTrained {
                results.append((key, try #require(gradients[parameter], "\(key)").array()))
            }
            results += model.namedStatistics.map { ($0.key, $0.statistic.value.array()) }
            let plan = InferencePlan(model, input: images.shape, probabilities: true)
            let probabilities = plan(images.array())[0]
            #expect(probabilities.allSatisfy { $0.isFinite && $0 >= 0 })
            return results + [("probabilities", probabilities)]
        }
    }

    /// Gives filters and matrices random values: the same few again and again, as drawing millions
    /// would take most of the time.
    private func fill(_ parameter: Parameter, _ index: Int) {
        let shape = parameter.value.shape
        guard shape.rank > 1 else { return }
        let deviation = (2 / Float(shape.count / shape[shape.rank - 1])).squareRoot()
        let values = Self.normals.map { $0 * deviation }
        var filled: [Float] = []
        filled.reserveCapacity(shape.count)
        var next = index * 997 % values.count
        while filled.count < shape.count {
            filled += values[next..<min(values.count, next + shape.count - filled.count)]
            next = 0
        }
        parameter.value = Tensor(filled, shape: shape)
    }

    private static let normals: [Float] = {
        var random = RandomStream(seed: 8, purpose: .initialization)
        return (0..<65_537).map { _ in random.normal() }
    }()

    private func images(_ shape: Shape) -> Tensor {
        var random = RandomStream(seed: 8, purpose: .synthesis)
        return Tensor((0..<shape.count).map { _ in random.normal() }, shape: shape)
    }

    private func haveSameBits(_ a: [Float], _ b: [Float]) -> Bool {
        a.count == b.count
            && a.withUnsafeBytes { a in
                b.withUnsafeBytes { b in
                    a.isEmpty || memcmp(a.baseAddress!, b.baseAddress!, a.count) == 0
                }
            }
    }
}

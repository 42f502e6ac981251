import Tensor
import Testing

/// Kernels that no operation records: the optimisers' and their helpers.
@Suite struct KernelTests {
    private static let counts = [1, 31, 210, 100_003]

    /// The arrays after `body` has changed them on `backend`.
    private func run(
        on backend: any Backend, _ arrays: [[Float]], _ body: ([DeviceMemory]) -> Void
    ) -> [[Float]] {
        let blocks = arrays.map { array in
            let block = backend.allocate(byteCount: array.count * 4)
            array.withUnsafeBytes { backend.upload($0, to: block) }
            return block
        }
        body(blocks)
        return zip(blocks, arrays).map { block, array in
            var result = array
            result.withUnsafeMutableBytes { backend.download(block, to: $0) }
            backend.release(block)
            return result
        }
    }

    private func normals(_ count: Int, _ index: Int) -> [Float] {
        var random = RandomStream(seed: 21, purpose: .synthesis, index: index)
        return (0..<count).map { _ in random.normal() }
    }

    /// Runs on the reference, and on the CPU with 1, 2, 3 and 8 threads.
    private func compare(
        _ arrays: [[Float]], _ tolerance: Tolerance, _ body: (any Backend, [DeviceMemory]) -> Void
    ) {
        let expected = run(on: TestBackends.reference, arrays) { body(TestBackends.reference, $0) }
        let one = run(on: TestBackends.oneThread, arrays) { body(TestBackends.oneThread, $0) }
        for (index, pair) in zip(one, expected).enumerated() {
            expectClose(pair.0, pair.1, tolerance, "array \(index)")
        }
        for backend in TestBackends.manyThreads {
            let many = run(on: backend, arrays) { body(backend, $0) }
            for (index, pair) in zip(many, one).enumerated() {
                expectIdentical(pair.0, pair.1, "array \(index) on \(backend.name)")
            }
        }
    }

    @Test("Gradient descent", arguments: counts)
    func sgd(count: Int) {
        for nesterov in [false, true] {
            for isFirst in [false, true] {
                // At the first step the buffer holds nothing, and must not be read.
                let buffer = isFirst ? [Float](repeating: .nan, count: count) : normals(count, 2)
                let arrays = [normals(count, 0), normals(count, 1), buffer]
                let step = SGDStep(
                    learningRate: 0.1, gradientScale: 0.7, weightDecay: 0.01, momentum: 0.9,
                    dampening: nesterov ? 0 : 0.2, nesterov: nesterov, isFirst: isFirst)
                compare(arrays, .elementwise) { backend, memory in
                    backend.sgdStep(
                        parameter: memory[0], gradient: memory[1], momentum: memory[2], step,
                        count: count)
                }
            }
        }
        let plain = SGDStep(learningRate: 0.1, gradientScale: 0.7, weightDecay: 0.01)
        compare([normals(count, 0), normals(count, 1)], .elementwise) { backend, memory in
            backend.sgdStep(
                parameter: memory[0], gradient: memory[1], momentum: nil, plain, count: count)
        }
    }

    @Test("Weighted sum", arguments: counts)
    func weightedSum(count: Int) {
        compare([normals(count, 0), normals(count, 1)], .elementwise) { backend, memory in
            backend.weightedSum(memory[0], 0.7, memory[1], -1.3, count: count, into: memory[1])
        }
    }

    @Test("AdamW", arguments: counts)
    func adamW(count: Int) {
        let arrays = [
            normals(count, 0), normals(count, 1), normals(count, 2),
            normals(count, 3).map { $0 * $0 },
        ]
        let step = AdamWStep(
            learningRate: 0.01, gradientScale: 0.7, weightDecay: 0.05, beta1: 0.9, beta2: 0.99,
            epsilon: 1e-6, correction1: 0.271, correction2: 0.0297)
        compare(arrays, .elementwise) { backend, memory in
            backend.adamWStep(
                parameter: memory[0], gradient: memory[1], firstMoment: memory[2],
                secondMoment: memory[3], step, count: count)
        }
    }

    @Test("Sum of squares", arguments: counts)
    func sumOfSquares(count: Int) {
        compare([normals(count, 0), [0]], .elementwise) { backend, memory in
            backend.sumOfSquares(memory[0], count: count, into: memory[1])
        }
    }

    @Test("Clamp", arguments: counts)
    func clamp(count: Int) {
        let arrays = [normals(count, 0), normals(count, 1)]
        compare(arrays, .elementwise) { backend, memory in
            backend.clamp(memory[0], lower: -0.5, upper: 1, count: count, into: memory[1])
        }
        compare(arrays, .elementwise) { backend, memory in
            backend.clamp(memory[0], lower: -0.5, upper: 1, count: count, into: memory[0])
        }
    }

    @Test("Accumulate, fill and copy", arguments: counts)
    func plain(count: Int) {
        compare([normals(count, 0), normals(count, 1), normals(count, 2)], .elementwise) {
            backend, memory in
            backend.accumulate(memory[0], count: count, into: memory[1])
            backend.copy(memory[1], into: memory[2])
            backend.fill(0.25, count: count, into: memory[0])
        }
    }

    @Test func normOfSeveralTensors() {
        for backend in [TestBackends.reference, TestBackends.cpu] as [any Backend] {
            withBackend(backend) {
                let tensors = [Tensor([3, 0, 4], shape: [3]), Tensor([12], shape: [])]
                #expect(globalNorm(tensors) == 13)
                #expect(globalNorm([]) == 0)
            }
        }
    }

    @Test func movingAverage() {
        for backend in [TestBackends.reference, TestBackends.cpu] as [any Backend] {
            withBackend(backend) {
                var average = Tensor([1, 2, 3], shape: [3])
                let before = average
                average.formWeightedSum(0.75, Tensor([5, -2, 7], shape: [3]), 0.25)
                #expect(average.array() == [2, 1, 4])
                #expect(before.array() == [1, 2, 3])
                // In place, now that nothing shares the memory.
                average.formWeightedSum(2, before, -1)
                #expect(average.array() == [3, 0, 5])
                average.formWeightedSum(0, average, 0.5)
                #expect(average.array() == [1.5, 0, 2.5])
                average.formWeightedSum(1, average, 1)
                #expect(average.array() == [3, 0, 5])
                average = before
                average.formWeightedSum(0.75, Tensor([5, -2, 7], shape: [3]), 0.25)
                #expect(average.clamped(to: 1.5...3).array() == [2, 1.5, 3])
            }
        }
    }

    /// A step changes the parameter and nothing that shares its old values.
    @Test func stepsChangeNoCopy() {
        let parameter = Parameter(Tensor([1, 2, 3], shape: [3]), role: .vector)
        let saved = parameter.value
        var buffer: Tensor?
        let gradient = Tensor([10, 20, 30], shape: [3])
        sgdStep(parameter, gradient: gradient, buffer: &buffer, learningRate: 0.5, momentum: 0.9)
        #expect(saved.array() == [1, 2, 3])
        #expect(parameter.value.array() == [-4, -8, -12])
        #expect(buffer?.array() == [10, 20, 30])
        #expect(gradient.array() == [10, 20, 30])
    }
}

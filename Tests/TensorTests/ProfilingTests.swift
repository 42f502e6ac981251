import Tensor
import Testing

/// A profile changes nothing and counts right.
@Suite struct ProfilingTests {
    @Test func resultsAreTheWrappedBackends() {
        let plain = SmallNetwork(backend: TestBackends.cpu)
        let profiled = SmallNetwork(backend: ProfilingBackend(TestBackends.cpu))
        for _ in 0..<3 {
            #expect(plain.step(learningRate: 0.05) == profiled.step(learningRate: 0.05))
        }
        for (a, b) in zip(plain.parameters, profiled.parameters) {
            expectIdentical(b.value.array(), a.value.array(), "parameter")
        }
    }

    /// Every case of the table gives the same bits through the profile, forward and backward.
    @Test("Every operation", arguments: OpCases.differentiable)
    func operationsAreForwarded(_ opCase: OpCase) {
        func results(_ backend: any Backend) -> [[Float]] {
            withBackend(backend) {
                let inputs = zip(opCase.inputValues, opCase.inputs).map {
                    Tensor($0, shape: $1.shape)
                }
                var watched: [Tensor] = []
                var output: [Float] = []
                let (_, gradients) = valueWithGradients {
                    watched = inputs.map { $0.watched() }
                    let result = opCase.function(watched)
                    output = result.array()
                    return sum(result)
                }
                return [output] + watched.map { gradients[$0]?.array() ?? [] }
            }
        }
        let profile = ProfilingBackend(TestBackends.cpu)
        let expected = results(TestBackends.cpu)
        for (a, b) in zip(results(profile), expected) { expectIdentical(a, b, opCase.operation) }
        #expect(!profile.operations.isEmpty)
    }

    /// The whole of a step, call by call.
    @Test func aStepIsCountedCompletely() throws {
        let backend = ProfilingBackend(TestBackends.cpu)
        let network = SmallNetwork(backend: backend)
        _ = network.step(learningRate: 0.05)
        backend.reset()
        #expect(backend.operations.isEmpty)
        for _ in 0..<2 { _ = network.step(learningRate: 0.05) }
        func calls(_ name: String) -> Int {
            backend.operations.filter { $0.key.name == name }.reduce(0) { $0 + $1.value.calls }
        }
        // Four convolutions; the stem's input wants no gradient. Twice each.
        #expect(calls("conv2d") == 8)
        #expect(calls("conv2d input gradient") == 6)
        #expect(calls("conv2d filter gradient") == 8)
        #expect(calls("batch norm + relu") == 4)
        #expect(calls("batch norm + add + relu") == 2)
        #expect(calls("batch norm") == 2)
        #expect(calls("max pool") == 2)
        #expect(calls("max pool gradient") == 2)
        #expect(calls("cross-entropy") == 2)
        #expect(calls("SGD step") == 2 * network.parameters.count)
        #expect(backend.operations.values.allSatisfy { $0.seconds > 0 && $0.bytes > 0 })
    }

    @Test func arithmeticAndBytesOfKnownShapes() throws {
        let backend = ProfilingBackend(TestBackends.cpu)
        withBackend(backend) {
            let x = Tensor.ones([2, 9, 7, 6])
            let w = Tensor.ones([3, 3, 3, 10])
            _ = valueWithGradients(outputGradient: .ones([2, 5, 4, 10])) {
                conv2d(x.watched(), w.watched(), stride: 2, padding: 1, groups: 2)
            }
            _ = matmul(Tensor.ones([5, 7]), Tensor.ones([7, 11]))
            _ = relu(Tensor.ones([3, 4]))
            _ = Tensor.ones([3, 4]) + Tensor.ones([4])
        }
        let geometry = Conv2dGeometry(
            batch: 2, height: 9, width: 7, inputChannels: 6, outputChannels: 10, kernel: 3,
            stride: 2, padding: 1, groups: 2)
        // Images, results and filters; multiply-adds of a result.
        let elements: Int = 2 * 9 * 7 * 6 + 2 * 5 * 4 * 10 + 3 * 3 * 3 * 10
        let multiplyAdds: Int = (2 * 5 * 4 * 10) * (3 * 3 * 3)
        for (name, pass) in [
            ("conv2d", ConvolutionPass.forward), ("conv2d input gradient", .inputGradient),
            ("conv2d filter gradient", .filterGradient),
        ] {
            let operation = ProfiledOperation(name, .convolution(geometry, pass))
            let totals = try #require(backend.operations[operation], "\(name)")
            #expect(totals.calls == 1)
            #expect(totals.floatingPointOperations == 2 * multiplyAdds)
            #expect(totals.bytes == 4 * elements)
            #expect(operation.shape == "2×9×7×6 → 10, 3×3, stride 2, 2 groups")
        }
        let product = ProfiledOperation(
            "matrix product", .product(MatrixGeometry(m: 5, n: 11, k: 7)))
        let totals = try #require(backend.operations[product])
        #expect(totals.floatingPointOperations == 770)
        #expect(totals.bytes == 668)
        #expect(product.shape == "5×7 · 7×11")
        let activation = try #require(backend.operations[ProfiledOperation("relu", .elements(12))])
        #expect(activation.bytes == 4 * 24 && activation.floatingPointOperations == 0)
        // The row is read once, however often it is repeated.
        let addition = try #require(backend.operations[ProfiledOperation("add", .elements(12))])
        #expect(addition.bytes == 112)
    }

    /// Figures that a machine can have; how near the truth they are only its maker knows.
    @Test func theBandwidthIsPossible() {
        let bandwidth = TestBackends.cpu.measureMemoryBandwidth()
        #expect((0.1...10_000).contains(bandwidth.read))
        #expect((0.1...10_000).contains(bandwidth.copy))
        #expect(bandwidth.best == max(bandwidth.read, bandwidth.copy))
    }
}

import Tensor
import Testing

/// The protocol carries a second device.
@Suite struct BackendTests {
    /// A whole step of a network, device against device: loss, every gradient, and training.
    @Test func aStepOnTheReferenceIsAStepOnTheCPU() {
        let reference = SmallNetwork(backend: TestBackends.reference)
        let cpu = SmallNetwork(backend: TestBackends.cpu)
        let (expectedLoss, expected) = reference.lossAndGradients()
        let (loss, gradients) = cpu.lossAndGradients()
        expectClose(loss.array(), expectedLoss.array(), .cancelling, "loss")
        for (index, pair) in zip(cpu.parameters, reference.parameters).enumerated() {
            expectClose(
                gradients[pair.0]!.array(), expected[pair.1]!.array(),
                Tolerance(element: 5e-5, norm: 2e-5), "gradient of parameter \(index)")
        }
    }

    @Test func trainingOnTheReferenceLowersTheLoss() {
        let network = SmallNetwork(backend: ReferenceBackend())
        let losses = (0..<20).map { _ in network.step(learningRate: 0.05) }
        #expect(losses.last! < 0.6 * losses.first!)
    }

    /// Thread counts do not change a bit of any parameter after some steps.
    @Test func trainingIsTheSameWithAnyNumberOfThreads() {
        let networks = [1, 2, 3, 8].map { SmallNetwork(backend: CPUBackend(threadCount: $0)) }
        for network in networks { for _ in 0..<5 { _ = network.step(learningRate: 0.05) } }
        for network in networks.dropFirst() {
            for (a, b) in zip(network.parameters, networks[0].parameters) {
                expectIdentical(a.value.array(), b.value.array(), "parameter")
            }
        }
    }

    /// Results stay on the device of their inputs, whatever the current backend is.
    @Test func operationsComputeWhereTheirInputsAre() {
        let reference = ReferenceBackend()
        let x = withBackend(reference) { Tensor([1, 2, 3], shape: [3]) }
        #expect((x * 2).backend === reference)
        #expect((x * 2).array() == [2, 4, 6])
        let inner = ReferenceBackend()
        let made = withBackend(reference) { withBackend(inner) { Tensor.ones([2]) } }
        #expect(made.backend === inner)
        #expect(Tensor.ones([2]).backend === CPUBackend.shared)
    }

    /// The first layer's input and frozen layers cost no backward kernels. Every kernel's result is
    /// an allocation, and without a cache every allocation is a miss.
    @Test func noKernelsForGradientsThatNobodyWants() {
        let backend = ReferenceBackend(cacheBytes: 0)
        let convolution = allocations(backend) { conv2d($0, $1, padding: 1) }
        // The result, the cotangent, and the gradients.
        #expect(convolution(true, true) == 4)
        #expect(convolution(false, true) == 3)
        #expect(convolution(true, false) == 3)
        // Nothing is asked for upstream of the weights of the second convolution.
        let chain = allocations(backend) {
            conv2d(relu(conv2d($0 * 2, $0 * 3, padding: 1)), $1, padding: 1)
        }
        #expect(chain(false, true) == 5 + 1 + 1)
    }

    /// Counts the allocations of forward and backward through `body`, by which of its two arguments
    /// wants a gradient.
    private func allocations(
        _ backend: ReferenceBackend, _ body: @escaping (Tensor, Tensor) -> Tensor
    ) -> (_ wantsFirst: Bool, _ wantsSecond: Bool) -> Int {
        { wantsFirst, wantsSecond in
            withBackend(backend) {
                let x = Tensor(repeating: 0.5, shape: [3, 3, 3, 3])
                let shape = body(x, x).shape
                let before = backend.memoryStatistics.misses
                let cotangent = Tensor(repeating: 1, shape: shape)
                _ = valueWithGradients(outputGradient: cotangent) {
                    body(wantsFirst ? x.watched() : x, wantsSecond ? x.watched() : x)
                }
                return backend.memoryStatistics.misses - before
            }
        }
    }
}

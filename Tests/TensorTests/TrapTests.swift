import Tensor
import Testing

/// A programmer's mistake stops the program with the operation and the whole shapes, in release
/// builds too.
@Suite struct TrapTests {
    private func expectText(
        _ result: ExitTest.Result?, _ text: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(output.contains(text), "said: \(output)", sourceLocation: sourceLocation)
    }

    @Test func convolutionOfOtherChannels() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = conv2d(Tensor.zeros([2, 5, 7, 3]), Tensor.zeros([3, 3, 4, 6]))
        }
        expectText(
            result, "conv2d: weight [3, 3, 4, 6] expects 4 input channels, but x is [2, 5, 7, 3]")
    }

    @Test func broadcastOfUnequalExtents() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([2, 5, 7, 3]) + Tensor.zeros([5, 3])
        }
        expectText(result, "add: shapes [2, 5, 7, 3] and [5, 3] do not broadcast")
    }

    @Test func labelOutOfRange() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = crossEntropy(Tensor.zeros([2, 5]), labels: [4, 5])
        }
        expectText(result, "crossEntropy: label 5 is not in 0..<5")
    }

    @Test func valueThatIsNoScalar() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = valueWithGradients { Tensor.zeros([2, 3]) }
        }
        expectText(result, "valueWithGradients: the value has shape [2, 3]; it must be one number")
    }

    @Test func valuesThatDoNotFill() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor([1, 2, 3], shape: [2, 2])
        }
        expectText(result, "Tensor: 3 values do not fill shape [2, 2]")
    }

    @Test func referenceRefusesOtherMemory() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let a = withBackend(ReferenceBackend()) { Tensor.ones([2, 3]) }
            let b = withBackend(CPUBackend(threadCount: 1)) { Tensor.ones([2, 3]) }
            _ = (a + b).array()
        }
        #expect(result != nil)
    }

    @Test func hostRefusesReferenceMemory() async {
        let result = await #expect(processExitsWith: .failure) {
            let a = withBackend(ReferenceBackend()) { Tensor.ones([2, 3]) }
            let b = withBackend(CPUBackend(threadCount: 1)) { Tensor.ones([2, 3]) }
            _ = (b + a).array()
        }
        #expect(result != nil)
    }
}

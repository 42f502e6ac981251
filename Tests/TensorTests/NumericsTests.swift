import Tensor
import Testing

/// What the backend's numerics decide.
@Suite struct NumericsTests {
    /// A transformed filter has 36 numbers where the filter has 9; a packed one has about as many.
    @Test(arguments: [(16, 16, 32), (64, 64, 14), (256, 256, 8), (512, 512, 7)])
    func exactIsWithoutWinograd(inputs: Int, outputs: Int, side: Int) {
        let geometry = Conv2dGeometry(
            batch: 2, height: side, width: side, inputChannels: inputs, outputChannels: outputs,
            kernel: 3, stride: 1, padding: 1, dilation: 1, groups: 1)
        func factor(_ backend: CPUBackend) -> Double {
            Double(backend.preparedFilterByteCount(geometry)) / Double(9 * inputs * outputs * 4)
        }
        #expect(factor(CPUBackend(threadCount: 1)) >= 4)
        #expect(factor(CPUBackend(threadCount: 1, numerics: .exact)) <= 3)
        #expect(CPUBackend(threadCount: 1).numerics == .fast)
    }
}

import Foundation
import Tensor
import Testing

/// The kernels of the instruction sets below the machine's own, each in a process of its own: which
/// one runs is chosen once a process.
@Suite struct InstructionSetTests {
    @Test func avx2() async {
        let result = await #expect(
            processExitsWith: .success, observing: [\.standardErrorContent]
        ) {
            setenv("RESIDUAL_ISA", "avx2", 1)
            exit(failedCases() == 0 ? EXIT_SUCCESS : EXIT_FAILURE)
        }
        say(result)
    }

    @Test func portable() async {
        let result = await #expect(
            processExitsWith: .success, observing: [\.standardErrorContent]
        ) {
            setenv("RESIDUAL_ISA", "portable", 1)
            exit(failedCases() == 0 ? EXIT_SUCCESS : EXIT_FAILURE)
        }
        say(result)
    }

    private func say(_ result: ExitTest.Result?) {
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(!text.contains("off by"), "\(text)")
    }
}

/// Compares output and gradients of all cases with the reference's, says on standard error what
/// differs, and counts it.
private func failedCases() -> Int {
    let cpu = CPUBackend(threadCount: 2)
    let reference = ReferenceBackend()
    var failures = 0
    for opCase in OpCases.all {
        let values = opCase.inputValues
        let (shape, output) = opCase.forward(on: reference, values)
        var pairs = [(opCase.forward(on: cpu, values).output, output)]
        if opCase.isDifferentiable {
            let cotangent = opCase.cotangent(count: output.count)
            let actual = opCase.evaluate(on: cpu, values, cotangent: cotangent, shape: shape)
            let expected = opCase.evaluate(
                on: reference, values, cotangent: cotangent, shape: shape)
            pairs += zip(actual.gradients, expected.gradients).map { ($0 ?? [], $1 ?? []) }
        }
        for (index, pair) in pairs.enumerated() {
            guard let text = opCase.tolerance.difference(of: pair.0, from: pair.1) else { continue }
            let line = "\(cpu.name): \(opCase.testDescription), array \(index): \(text)\n"
            FileHandle.standardError.write(Data(line.utf8))
            failures += 1
        }
    }
    return failures
}

import Foundation
import Tensor
import Testing

/// A new operation without a row in the table fails here.
@Suite struct CoverageTests {
    private static let sources = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Sources/Tensor")

    @Test func everyFileOfOperationsHasCases() throws {
        let files = try FileManager.default.contentsOfDirectory(
            atPath: CoverageTests.sources.appendingPathComponent("Ops").path)
        let names = files.filter { $0.hasSuffix(".swift") }.map { String($0.dropLast(6)) }
        #expect(names.count > 30)
        let missing = Set(names).subtracting(OpCases.operations)
        #expect(missing.isEmpty, "operations without a case in OpCases: \(missing.sorted())")
    }

    /// Also names that one file records beside its own, and names behind helpers.
    @Test func everyRecordedNameHasCases() throws {
        var names: Set<String> = []
        let files = FileManager.default.enumerator(atPath: CoverageTests.sources.path)
        while let file = files?.nextObject() as? String {
            guard file.hasSuffix(".swift"), file.contains("Ops/") else { continue }
            let text = try String(
                contentsOf: CoverageTests.sources.appendingPathComponent(file), encoding: .utf8)
            for match in text.matches(of: /(?:record|recordBatchNorm)\(\s*"(\w+)"/) {
                names.insert(String(match.1))
            }
        }
        #expect(names.count > 20)
        let missing = names.subtracting(OpCases.operations)
        #expect(
            missing.isEmpty, "recorded operations without a case in OpCases: \(missing.sorted())")
    }

    @Test("A case uses the operation that it is named after", arguments: OpCases.differentiable)
    func casesUseTheirOperation(_ opCase: OpCase) {
        let trace = OpTrace()
        _ = OpTrace.$current.withValue(trace) {
            withBackend(TestBackends.reference) {
                valueWithGradients {
                    let values = zip(opCase.inputValues, opCase.inputs)
                    return sum(
                        opCase.function(values.map { Tensor($0, shape: $1.shape).watched() }))
                }
            }
        }
        #expect(trace.names.contains(opCase.operation))
        #expect(trace.names.isSubset(of: OpCases.operations))
    }

    /// What a step of a residual network records is covered.
    @Test func everyOperationOfATrainingStepHasCases() {
        let trace = OpTrace()
        OpTrace.$current.withValue(trace) {
            let network = SmallNetwork(backend: TestBackends.reference)
            _ = network.lossAndGradients()
        }
        #expect(trace.names.isSuperset(of: ["conv2d", "batchNorm", "maxPool2d", "crossEntropy"]))
        let missing = trace.names.subtracting(OpCases.operations)
        #expect(missing.isEmpty, "operations of a step without a case: \(missing.sorted())")
    }
}

import Foundation
import Support
import Tensor
import Testing

/// What PyTorch gives (`Fixtures/make_golden.py`): output and gradients, element by element.
@Suite struct GoldenTests {
    /// Goldens have seven digits.
    private static let tolerance = Tolerance(element: 2e-6, norm: 1.5e-6)

    @Test("As PyTorch", arguments: GoldenOperations.all.keys.sorted())
    func operation(_ name: String) throws {
        let golden = try #require(GoldenTests.operations[name])
        let inputs = try (golden["inputs"]?.array ?? []).map(Golden.init)
        let cotangent = try Golden(#require(golden["cotangent"]))
        let output = try Golden(#require(golden["output"]))
        let gradients = try (golden["gradients"]?.array ?? []).map(Golden.init)
        #expect(!inputs.isEmpty && !gradients.isEmpty)
        let opCase = OpCase(
            name, "golden",
            inputs.enumerated().map {
                Input(shape: $1.shape, wantsGradient: $0 < gradients.count)
            }, .elementwise, GoldenOperations.all[name]!)
        for backend in [TestBackends.reference, TestBackends.cpu] as [any Backend] {
            let result = opCase.evaluate(
                on: backend, inputs.map(\.values), cotangent: cotangent.values, shape: output.shape)
            expectClose(
                result.output, output.values, tolerance(backend), "output on \(backend.name)")
            for (index, gradient) in gradients.enumerated() {
                expectClose(
                    result.gradients[index] ?? [], gradient.values, tolerance(backend),
                    "gradient \(index) on \(backend.name)")
            }
        }
    }

    @Test func everyGoldenIsUsed() {
        #expect(
            Set(GoldenTests.operations.keys)
                == Set(GoldenOperations.all.keys).union([
                    "batchNorm mean", "batchNorm variance",
                ]))
    }

    /// Batch norm hands out the biased variance; running statistics are for the layer to correct.
    @Test func batchStatistics() throws {
        for (name, part) in [
            ("batchNorm mean", \BatchNormOutput.mean), ("batchNorm variance", \.variance),
        ] {
            let golden = try #require(GoldenTests.operations[name])
            let input = try Golden(#require(golden["inputs"]?.array?.first))
            let output = try Golden(#require(golden["output"]))
            for backend in [TestBackends.reference, TestBackends.cpu] as [any Backend] {
                let actual = withBackend(backend) {
                    batchNorm(
                        Tensor(input.values, shape: input.shape), scale: .ones(output.shape),
                        shift: .zeros(output.shape))[keyPath: part].array()
                }
                expectClose(actual, output.values, tolerance(backend), "\(name), \(backend.name)")
            }
        }
    }

    @Test("An optimiser's steps", arguments: ["sgd", "momentum", "dampening", "nesterov", "adamw"])
    func optimizer(_ name: String) throws {
        let golden = try GoldenTests.read("optimizers.json")
        let start = try Golden(#require(golden["start"]))
        let gradients = try (golden["gradients"]?.array ?? []).map(Golden.init)
        let expected = try (golden[name]?.array ?? []).map(Golden.init)
        #expect(expected.count == 4 && gradients.count == 4)
        for backend in [TestBackends.reference, TestBackends.cpu] as [any Backend] {
            withBackend(backend) {
                let parameter = Parameter(Tensor(start.values, shape: start.shape), role: .vector)
                var buffer: Tensor?
                var moments = AdamWMoments(of: parameter)
                for (index, gradient) in gradients.enumerated() {
                    let gradient = Tensor(gradient.values, shape: gradient.shape)
                    if name == "adamw" {
                        step(parameter, gradient, &moments, index)
                    } else {
                        step(parameter, gradient, &buffer, name)
                    }
                    expectClose(
                        parameter.value.array(), expected[index].values, .elementwise,
                        "step \(index) on \(backend.name)")
                }
                #expect(parameter.version == 4)
            }
        }
    }

    private func step(
        _ parameter: Parameter, _ gradient: Tensor, _ moments: inout AdamWMoments, _ index: Int
    ) {
        let t = Double(index + 1)
        adamWStep(
            parameter, gradient: gradient, moments: &moments, learningRate: 0.01,
            weightDecay: 0.05, beta1: 0.9, beta2: 0.99, epsilon: 1e-6,
            correction1: Float(1 - pow(0.9, t)), correction2: Float(1 - pow(0.99, t)))
    }

    private func step(
        _ parameter: Parameter, _ gradient: Tensor, _ buffer: inout Tensor?, _ name: String
    ) {
        sgdStep(
            parameter, gradient: gradient, buffer: &buffer, learningRate: 0.1,
            weightDecay: name == "dampening" ? 0 : 0.01, momentum: name == "sgd" ? 0 : 0.9,
            dampening: name == "dampening" ? 0.3 : 0, nesterov: name == "nesterov")
    }

    private func tolerance(_ backend: any Backend) -> Tolerance {
        backend is ReferenceBackend ? GoldenTests.tolerance : .cancelling
    }

    private static let operations: [String: JSONValue] = Dictionary(
        uniqueKeysWithValues: ((try? read("operations.json"))?.members ?? []).map { ($0, $1) })

    private static func read(_ name: String) throws -> JSONValue {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures").appendingPathComponent(name)
        return try JSONValue.parse(String(contentsOf: file, encoding: .utf8))
    }
}

/// An array of a fixture.
private struct Golden {
    let shape: Shape
    let values: [Float]

    init(_ json: JSONValue) throws {
        shape = Shape(try #require(json["shape"]?.array).compactMap(\.integer))
        values = try #require(json["values"]?.array).compactMap { $0.number.map { Float($0) } }
        try #require(values.count == shape.count)
    }
}

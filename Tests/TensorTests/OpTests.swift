import Tensor
import Testing

/// Every case of the table, checked four ways.
@Suite struct OpTests {
    @Test("The CPU gives what the reference gives", arguments: OpCases.all)
    func forward(_ opCase: OpCase) {
        let values = opCase.inputValues
        let expected = opCase.forward(on: TestBackends.reference, values)
        #expect(expected.output.allSatisfy { !$0.isNaN }, "the reference left an element unset")
        let actual = opCase.forward(on: TestBackends.cpu, values)
        #expect(actual.shape == expected.shape)
        expectClose(actual.output, expected.output, opCase.tolerance, "output")
    }

    @Test("The CPU's gradients are the reference's", arguments: OpCases.differentiable)
    func gradients(_ opCase: OpCase) {
        let values = opCase.inputValues
        let (shape, output) = opCase.forward(on: TestBackends.reference, values)
        let cotangent = opCase.cotangent(count: output.count)
        let expected = opCase.evaluate(
            on: TestBackends.reference, values, cotangent: cotangent, shape: shape)
        expectIdentical(expected.output, output, "output in a recording")
        let actual = opCase.evaluate(
            on: TestBackends.cpu, values, cotangent: cotangent, shape: shape)
        for index in values.indices {
            guard let gradient = expected.gradients[index] else {
                #expect(!opCase.inputs[index].wantsGradient, "input \(index) has no gradient")
                continue
            }
            #expect(gradient.allSatisfy { !$0.isNaN }, "the reference left an element unset")
            expectClose(
                actual.gradients[index] ?? [], gradient, opCase.tolerance,
                "gradient of input \(index)")
        }
    }

    @Test("A gradient that is asked for alone is the same", arguments: OpCases.severalGradients)
    func gradientsAlone(_ opCase: OpCase) {
        let values = opCase.inputValues
        let backend = TestBackends.cpu
        let (shape, output) = opCase.forward(on: backend, values)
        let cotangent = opCase.cotangent(count: output.count)
        let all = opCase.evaluate(on: backend, values, cotangent: cotangent, shape: shape)
        for index in values.indices where opCase.inputs[index].wantsGradient {
            let alone = opCase.evaluate(
                on: backend, values, cotangent: cotangent, shape: shape,
                wanted: values.indices.map { $0 == index })
            expectIdentical(
                alone.gradients[index] ?? [], all.gradients[index] ?? [],
                "gradient of input \(index)")
        }
    }

    @Test("Gradients are the slopes of the result", arguments: OpCases.finiteDifference)
    func finiteDifferences(_ opCase: OpCase) {
        let check = GradientCheck(opCase, backend: TestBackends.reference)
        for index in opCase.inputs.indices where opCase.inputs[index].wantsGradient {
            let (slope, expected, scale) = check.compare(input: index)
            #expect(
                abs(slope - expected) <= GradientCheck.tolerance * scale,
                """
                input \(index): slope \(slope), gradient \(expected), \
                off by \(abs(slope - expected) / scale) of the gradient's norm
                """)
        }
    }

    @Test("The number of threads changes no bit", arguments: OpCases.all)
    func threads(_ opCase: OpCase) {
        let values = opCase.inputValues
        let (shape, output) = opCase.forward(on: TestBackends.oneThread, values)
        let cotangent = opCase.cotangent(count: output.count)
        func evaluate(_ backend: CPUBackend) -> Evaluation {
            if opCase.isDifferentiable {
                return opCase.evaluate(on: backend, values, cotangent: cotangent, shape: shape)
            }
            let (shape, output) = opCase.forward(on: backend, values)
            return Evaluation(shape: shape, output: output, gradients: [], inputs: [])
        }
        let one = evaluate(TestBackends.oneThread)
        for backend in TestBackends.manyThreads {
            let many = evaluate(backend)
            let threads = "\(backend.pool.threadCount) threads"
            expectIdentical(many.output, one.output, "output with \(threads)")
            for (index, pair) in zip(many.gradients, one.gradients).enumerated() {
                expectIdentical(
                    pair.0 ?? [], pair.1 ?? [], "gradient of input \(index) with \(threads)")
            }
        }
    }

    @Test("Inputs stay as they are", arguments: OpCases.differentiable)
    func inputsUnchanged(_ opCase: OpCase) {
        let values = opCase.inputValues
        for backend in [TestBackends.cpu, TestBackends.reference] as [any Backend] {
            let (shape, output) = opCase.forward(on: backend, values)
            let cotangent = opCase.cotangent(count: output.count)
            let after = opCase.evaluate(on: backend, values, cotangent: cotangent, shape: shape)
            for index in values.indices {
                expectIdentical(
                    after.inputs[index], values[index], "input \(index) on \(backend.name)")
            }
        }
    }
}

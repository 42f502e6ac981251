import NN
import Tensor
import Testing

struct OptimizerTests {
    static let shapes: [Shape] = [[5, 7], [11]]

    /// The optimisers of Fixtures/make_fixtures.py, with their learning rates.
    static func make(_ name: String, _ parameters: [Parameter]) -> (any Optimizer, Float) {
        func groups(decay: Float) -> [ParameterGroup] {
            [
                ParameterGroup([("first", parameters[0])], weightDecay: decay),
                ParameterGroup([("second", parameters[1])], learningRateFactor: 0.5),
            ]
        }
        switch name {
        case "sgd": return (SGD(groups(decay: 0)), 0.1)
        case "momentum": return (SGD(groups(decay: 0.01), momentum: 0.9), 0.1)
        case "dampening": return (SGD(groups(decay: 0), momentum: 0.8, dampening: 0.3), 0.1)
        case "nesterov": return (SGD(groups(decay: 0.02), momentum: 0.9, nesterov: true), 0.05)
        case "adamw":
            return (AdamW(groups(decay: 0.1), beta1: 0.8, beta2: 0.95, epsilon: 1e-6), 0.02)
        case "clipped-norm":
            return (SGD(groups(decay: 0), momentum: 0.9, clipping: .norm(1.5)), 0.1)
        default: return (AdamW(groups(decay: 0), clipping: .value(0.25)), 0.02)
        }
    }

    static let names = [
        "sgd", "momentum", "dampening", "nesterov", "adamw", "clipped-norm", "clipped-value",
    ]

    private func start() -> [Parameter] {
        Self.shapes.enumerated().map {
            Parameter(
                Tensor(uniform(40_000 + $0, $1.count), shape: $1),
                role: $1.rank == 2 ? .matrix : .vector)
        }
    }

    private func stepGradients(_ step: Int, _ parameters: [Parameter]) -> Gradients {
        gradients(
            parameters.enumerated().filter { step != 2 || $0.offset == 0 }.map { i, parameter in
                let shape = Self.shapes[i]
                return (
                    parameter, Tensor(uniform(41_000 + 10 * step + i, shape.count), shape: shape)
                )
            })
    }

    @Test(arguments: names)
    func matchesPyTorch(_ name: String) throws {
        let golden = try SafetensorsFile(path: fixture("golden.safetensors"))
        let expected = try #require(golden["optimizer.\(name)"]).floats()
        let parameters = start()
        let (optimizer, rate) = Self.make(name, parameters)
        for step in 0..<6 {
            optimizer.step(stepGradients(step, parameters), learningRate: rate)
            let found = parameters.flatMap { $0.value.array() }
            let truth = expected[step * 46..<(step + 1) * 46]
            for (position, (a, b)) in zip(found, truth).enumerated() {
                #expect(abs(a - b) <= 2e-6, "step \(step), element \(position)")
            }
        }
    }

    @Test(arguments: names)
    func continuesFromItsStateBitForBit(_ name: String) throws {
        let straight = start()
        let (optimizer, rate) = Self.make(name, straight)
        for step in 0..<3 {
            optimizer.step(stepGradients(step, straight), learningRate: rate)
        }
        let resumed = straight.map {
            Parameter(Tensor($0.value.array(), shape: $0.value.shape), role: $0.role)
        }
        let (other, _) = Self.make(name, resumed)
        let path = temporaryPath("optimizer-\(name).safetensors")
        defer { removeFile(path) }
        try SafetensorsFile.write(
            optimizer.state().map { ($0.name, StateEntry($0.tensor)) }, to: path)
        try other.load(
            state: SafetensorsFile(path: path).stateDict().map {
                ($0.key, Tensor(try $0.entry.floats(), shape: Shape($0.entry.shape)))
            })
        for step in 3..<6 {
            optimizer.step(stepGradients(step, straight), learningRate: rate)
            other.step(stepGradients(step, resumed), learningRate: rate)
        }
        #expect(straight.map { $0.value.array() } == resumed.map { $0.value.array() })
    }

    @Test func clippingByNormReturnsTheNorm() {
        let parameters = start()
        let optimizer = SGD([ParameterGroup([("first", parameters[0])])], clipping: .norm(2))
        let before = parameters[0].value.array()
        let gradient = Tensor(repeating: 3, shape: [5, 7])
        let norm = optimizer.step(gradients([(parameters[0], gradient)]), learningRate: 1)
        let expected = (35.0 * 9).squareRoot()
        #expect(abs((norm ?? 0) - expected) < 1e-5)
        let move = Float(3 * 2 / expected)
        for (a, b) in zip(before, parameters[0].value.array()) {
            #expect(abs(a - b - move) < 1e-6)
        }
    }

    @Test func vectorsDoNotDecayByDefault() throws {
        let model = try ModelRegistry.make("resnet20", classCount: 10, seed: nil)
        let groups = ParameterGroup.standard(model.namedParameters, weightDecay: 5e-4)
        #expect(groups.map(\.weightDecay) == [5e-4, 0])
        #expect(groups[0].parameters.allSatisfy { $0.parameter.role != .vector })
        #expect(groups[1].parameters.allSatisfy { $0.parameter.role == .vector })
        // 21 convolutions, two of them shortcuts, and one matrix.
        #expect(groups[0].parameters.count == 22)
        #expect(groups[0].parameters.count + groups[1].parameters.count == model.parameters.count)
        let all = ParameterGroup.standard(
            model.namedParameters, weightDecay: 5e-4, decaysVectors: true)
        #expect(all.count == 1)
    }

    @Test func stateThatDoesNotFitIsReportedWhole() throws {
        let parameters = start()
        let (optimizer, rate) = Self.make("momentum", parameters)
        optimizer.step(stepGradients(0, parameters), learningRate: rate)
        let before = optimizer.state().map { $0.tensor.array() }
        let error = #expect(throws: OptimizerStateError.self) {
            try optimizer.load(state: [
                ("momentum.third", .zeros([1])), ("velocity.first", .zeros([5, 7])),
                ("momentum.second", .zeros([12])), ("momentum.first", .zeros([5, 7])),
                ("momentum.first", .zeros([5, 7])),
            ])
        }
        #expect(
            error?.description == """
                optimizer state does not fit: 'momentum.third' is unknown; 'velocity.first' is \
                unknown; 'momentum.second' expects [11], found [12]; 'momentum.first' appears twice
                """)
        #expect(optimizer.state().map { $0.tensor.array() } == before)

        let adam = AdamW([ParameterGroup([("first", parameters[0])])])
        let incomplete = #expect(throws: OptimizerStateError.self) {
            try adam.load(state: [
                ("first_moment.first", .zeros([5, 7])), ("step.first", Tensor(0)),
            ])
        }
        #expect(
            incomplete?.problems == [
                "'step.first' is not a count",
                "'first' lacks one of first_moment, second_moment and step",
            ])
    }
}

import NN
import Tensor
import Testing

struct AirbenchTests {
    private func make(seed: UInt64 = 3) throws -> Airbench {
        try #require(try ModelRegistry.make("airbench94", classCount: 10, seed: seed) as? Airbench)
    }

    @Test func whatIsTrainedAndWhatIsNot() throws {
        let model = try make()
        #expect(
            model.namedFrozenParameters.map(\.key) == ["whiten.weight"]
                + (1...3).flatMap { ["layer\($0).bn1.weight", "layer\($0).bn2.weight"] })
        #expect(
            model.namedParameters.map(\.key) == ["whiten.bias"]
                + (1...3).flatMap {
                    [
                        "layer\($0).conv1.weight", "layer\($0).bn1.bias", "layer\($0).conv2.weight",
                        "layer\($0).bn2.bias",
                    ]
                } + ["fc.weight"])
        #expect(Set(model.stateDict().map(\.key)).isSuperset(of: ["whiten.weight", "fc.weight"]))
        #expect(model.layer2.bn1.epsilon == 1e-12)
        #expect(model.layer2.bn1.momentum == 0.4)
    }

    @Test func aStepLeavesFrozenValuesAsTheyAre() throws {
        let model = try make()
        let frozen = { model.namedFrozenParameters.map { $0.parameter.value.array() } }
        let before = frozen()
        let optimizer = SGD(
            ParameterGroup.standard(model.namedParameters, weightDecay: 0.1, decaysVectors: true),
            momentum: 0.85, nesterov: true)
        let x = formulaImages(72_000, 4, 32, 32)
        let (_, gradients) = valueWithGradients(of: model.parameters) {
            crossEntropy(model(x, .training(Randomness(seed: 0, step: 0))), labels: [0, 1, 2, 3])
        }
        for (key, parameter) in model.namedParameters {
            #expect(gradients[parameter] != nil, "\(key)")
        }
        for (key, parameter) in model.namedFrozenParameters {
            #expect(gradients[parameter] == nil, "\(key)")
        }
        let bias = try #require(model.whiten.bias).value.array()
        optimizer.step(gradients, learningRate: 0.1)
        #expect(frozen() == before)
        #expect(try #require(model.whiten.bias).value.array() != bias)
    }

    @Test func theFirstFiltersPassTheirInputOn() throws {
        let model = try make()
        let x = Tensor(uniform(73_000, 2 * 6 * 5 * 24), shape: [2, 6, 5, 24])
        let y = model.layer1.conv1(x)
        let (input, output) = (x.array(), y.array())
        for pixel in 0..<2 * 6 * 5 {
            for channel in 0..<24 {
                let difference = output[pixel * 64 + channel] - input[pixel * 24 + channel]
                #expect(abs(difference) < 1e-5)
            }
        }
        // The other filters: uniform in ±1/√(24·9).
        let filters = model.layer1.conv1.weight.value.array()
        let others = filters.indices.filter { $0 % 64 >= 24 }.map { filters[$0] }
        let bound = 1 / Float(24 * 9).squareRoot()
        #expect(others.allSatisfy { abs($0) <= bound })
        let variance = others.reduce(0) { $0 + Double($1) * Double($1) } / Double(others.count)
        #expect(abs(variance / Double(bound * bound) * 3 - 1) < 0.05)
        // As many filters as inputs: the whole layer is the identity.
        let identity = model.layer3.conv2.weight.value.array()
        #expect(identity.reduce(0, +) == 256 && identity.allSatisfy { $0 == 0 || $0 == 1 })
        let head = model.fc.weight.value.array()
        #expect(head.allSatisfy { abs($0) <= 1 / 16 } && head.contains { abs($0) > 0.05 })
    }

    @Test func optionsThatDoNotFitAreRefused() {
        let error = #expect(throws: ModelError.self) {
            _ = try ModelRegistry.make(
                "airbench94", classCount: 10, seed: 0, options: ModelOptions(dropout: 0.5))
        }
        #expect(error?.description == "the model 'airbench94' has no dropout")
        for value in [true, false] {
            let options = ModelOptions(zeroInitResidual: value)
            #expect(
                ModelRegistry.refusal(of: options, for: "airbench94")?.description
                    == "the model 'airbench94' cannot start residual blocks at zero")
            #expect(ModelRegistry.refusal(of: options, for: "resnet20") == nil)
        }
    }

    /// The network of airbench94_muon: the last layer's weights have the standard deviation 1.
    @Test func theMuonNetworkHasAHeadOfUnitVariance() throws {
        let model = try #require(
            try ModelRegistry.make("airbench94-muon", classCount: 10, seed: 3) as? Airbench)
        let weights = model.fc.weight.value.array().map(Double.init)
        let mean = weights.reduce(0, +) / Double(weights.count)
        let variance =
            weights.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(weights.count - 1)
        #expect(abs(variance - 1) < 1e-5 && model.scale.factor == 1.0 / 256)
        let bias = try #require(model.whiten.bias).value.array()
        let bound = 1 / Float(12).squareRoot()
        #expect(bias.allSatisfy { abs($0) <= bound } && bias.contains { abs($0) > 0.1 })
    }

    @Test func normalizationFollowsTheOptions() throws {
        let options = ModelOptions(batchNormMomentum: 0.25, batchNormEpsilon: 1e-3)
        let model = try #require(
            try ModelRegistry.make("airbench94", classCount: 3, seed: nil, options: options)
                as? Airbench)
        #expect(model.layer1.bn1.momentum == 0.25 && model.layer3.bn2.epsilon == 1e-3)
        #expect(try ModelRegistry.batchNormEpsilon(of: "airbench94") == 1e-12)
        #expect(try ModelRegistry.batchNormEpsilon(of: "airbench94", options: options) == 1e-3)
        #expect(try ModelRegistry.batchNormEpsilon(of: "resnet18") == 1e-5)
    }

    /// Six steps of the recipe against PyTorch's, which sums its loss: the mean with the learning rate
    /// times the batch and the decay over it is the same.
    @Test func theRecipeMatchesPyTorch() throws {
        let golden = try SafetensorsFile(path: fixture("golden.safetensors"))
        func expected(_ key: String) throws -> [Double] {
            try #require(golden["recipe.\(key)"], "\(key)").floats().map(Double.init)
        }
        let model = try make()
        let biases = try #require(golden["airbench94.biases"]).bytes()
        try model.loadStateDict(formulaState(model, biases: biases))
        let (batch, steps) = (8, 6)
        let rate = 11.5 / (1024 * (1 + 1 / (1 - 0.85))) * Double(batch)
        let optimizer = SGD(
            ParameterGroup.of(
                model, weightDecay: Float(0.0153 / 11.5), decaysVectors: true, normBiasFactor: 64),
            momentum: 0.85, nesterov: true)
        let lookahead = Lookahead(model, every: 2, decay: 0.95, power: 3)
        var losses: [Double] = []
        for step in 0..<steps {
            let resting = Set(step < 4 ? [] : model.earlyParameters.map(ObjectIdentifier.init))
            let parameters = model.parameters.filter { !resting.contains(ObjectIdentifier($0)) }
            let labels = (0..<batch).map { Int32((3 * $0 + step) % 10) }
            let (loss, gradients) = valueWithGradients(of: parameters) {
                crossEntropy(
                    model(
                        formulaImages(80_000 + step, batch, 32, 32),
                        .training(Randomness(seed: 0, step: step))), labels: labels,
                    labelSmoothing: 0.2)
            }
            let factor =
                step < 2 ? 0.2 + 0.8 * Double(step) / 2 : 1 - 0.93 * Double(step - 2) / 4
            optimizer.step(gradients, learningRate: Float(rate * factor))
            losses.append(Double(loss.scalar()))
            lookahead.update(afterStep: step + 1, of: steps)
        }
        lookahead.finish()
        #expect(relativeError(losses, try expected("losses")) < 1e-6)
        let logits = model(formulaImages(80_100, batch, 32, 32), .inference).array()
        #expect(relativeError(logits.map(Double.init), try expected("logits")) < 1e-3)
        for (key, entry) in model.stateDict() {
            guard golden["recipe.\(key)"] != nil else { continue }
            let values = try entry.floats().map(Double.init)
            #expect(relativeError(values, try expected(key)) < 1e-4, "\(key)")
        }
    }

    @Test func biasesOfNormalizationsAreAGroup() throws {
        let model = try make()
        let groups = ParameterGroup.of(
            model, weightDecay: 0.5, decaysVectors: true, normBiasFactor: 64)
        #expect(groups.map(\.learningRateFactor) == [1, 64])
        #expect(groups.map(\.weightDecay) == [0.5, 0.5 / 64])
        #expect(
            groups[1].parameters.map(\.key)
                == (1...3).flatMap {
                    ["layer\($0).bn1.bias", "layer\($0).bn2.bias"]
                })
        #expect(groups[0].parameters.count == 8)
        let undecayed = ParameterGroup.of(model, weightDecay: 0.5, normBiasFactor: 64)
        #expect(undecayed.map(\.weightDecay) == [0.5, 0, 0])
        #expect(undecayed[1].parameters.map(\.key) == ["whiten.bias"])
        let plain = ParameterGroup.of(model, weightDecay: 0.5)
        #expect(plain.map(\.learningRateFactor) == [1, 1] && plain.map(\.weightDecay) == [0.5, 0])
    }
}

import NN
import Tensor
import Testing

/// Parts of models by name, and layers at rest.
struct ModelPartTests {
    @Test func partsAreFoundByStageModuleKeyAndPattern() throws {
        let outline = try ModelRegistry.outline(of: "resnet20")
        #expect(outline.stageNames == ["stem", "layer1", "layer2", "layer3", "head"])
        #expect(outline.keys(matching: "stem") == ["conv1.weight", "bn1.weight", "bn1.bias"])
        #expect(outline.keys(matching: "head") == ["fc.weight", "fc.bias"])
        #expect(outline.keys(matching: "layer1").count == 18)
        #expect(
            outline.keys(matching: "layer2.1.bn1") == ["layer2.1.bn1.weight", "layer2.1.bn1.bias"])
        #expect(outline.keys(matching: "fc.bias") == ["fc.bias"])
        #expect(outline.keys(matching: "*.bn*.bias").count == 18)
        #expect(outline.keys(matching: "*bn*.bias").count == 19, "and the stem's")
        #expect(outline.keys(matching: "layer*.0.conv1.weight").count == 3)
        #expect(outline.keys(matching: "*") == outline.keys && outline.keys.count == 65)
        #expect(
            outline.keys(matching: "layer").isEmpty && outline.keys(matching: "*.conv3*").isEmpty)
        #expect(outline.suggestion(for: "layr1") == "layer1")
        #expect(outline.suggestion(for: "layer1.0.bn1.weigth") == "layer1.0.bn1.weight")
        #expect(outline.suggestion(for: "transformer") == nil)
    }

    @Test func anAdjustedGroupFallsApart() throws {
        let model = try ModelRegistry.make("resnet20", classCount: 3, seed: nil)
        let groups = ParameterGroup.of(model, weightDecay: 0.5)
        let adjusted = ParameterGroup.adjusting(groups) { key, settings in
            if key.hasPrefix("fc") { settings.learningRateFactor = 10 }
        }
        #expect(adjusted.map(\.learningRateFactor) == [1, 10, 1, 10])
        #expect(adjusted.map(\.weightDecay) == [0.5, 0.5, 0, 0])
        #expect(adjusted[1].parameters.map(\.key) == ["fc.weight"])
        #expect(adjusted.flatMap(\.parameters).count == 65)
    }

    @Test func aNormalizationAtRestKeepsItsStatistics() {
        let layer = BatchNorm2d(3)
        layer.runningMean.value = Tensor([0.5, -1, 2], shape: [3])
        layer.runningVariance.value = Tensor([0.25, 4, 1], shape: [3])
        let x = Tensor(uniform(47_000, 2 * 5 * 7 * 3), shape: [2, 5, 7, 3])
        let phase = Phase.training(Randomness(seed: 0, step: 0))
        layer.keepsStatistics = true
        #expect(layer(x, phase).array() == layer(x, .inference).array())
        #expect(layer.runningMean.value.array() == [0.5, -1, 2] && layer.batchCount.value == 0)
        layer.keepsStatistics = false
        #expect(layer(x, phase).array() != layer(x, .inference).array())
        #expect(layer.batchCount.value == 1)
    }

    /// What lies before the first trained parameter records nothing.
    @Test func nothingIsComputedBackwardsForAFrozenFront() throws {
        let model = try ModelRegistry.make("resnet20", classCount: 3, seed: 5)
        let head = model.namedParameters.filter { $0.key.hasPrefix("fc") }.map(\.parameter)
        let x = Tensor(uniform(48_000, 2 * 16 * 16 * 3), shape: [2, 16, 16, 3])
        let backend = ProfilingBackend(CPUBackend.shared)
        withBackend(backend) {
            let input = Tensor(x.array(), shape: x.shape)
            let (_, gradients) = valueWithGradients(of: head) {
                crossEntropy(
                    model(input, .training(Randomness(seed: 0, step: 0))), labels: [0, 1])
            }
            #expect(head.allSatisfy { gradients[$0] != nil })
            #expect(model.parameters.count { gradients[$0] != nil } == 2)
        }
        let passes = backend.operations.keys.compactMap { operation in
            if case .convolution(_, let pass) = operation.extent { pass } else { nil }
        }
        #expect(!passes.isEmpty && passes.allSatisfy { $0 == .forward })
    }
}

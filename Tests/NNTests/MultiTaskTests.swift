import NN
import Tensor
import Testing

/// Models with several heads on one trunk.
@Suite(.serialized) struct MultiTaskTests {
    private func make(_ name: String, _ heads: [ModelHead], seed: UInt64? = 3) throws
        -> any PredictionModel
    {
        try ModelRegistry.make(
            name, heads: heads, seed: seed, options: ModelOptions(zeroInitResidual: false))
    }

    private let images = formulaImages(9_000, 2, 64, 64)

    @Test func oneHeadIsTheModelItself() throws {
        let alone = try ModelRegistry.make("resnet18", classCount: 5, seed: 3)
        let same = try ModelRegistry.make(
            "resnet18", heads: [ModelHead(.classification, classCount: 5)], seed: 3)
        #expect(alone.stateDict().map(\.key) == same.stateDict().map(\.key))
        #expect(alone(images, .inference).array() == same(images, .inference).array())
    }

    /// A head computes what a ResNet with the same weights does.
    @Test func headsAreThoseOfAResNet() throws {
        let heads = [
            ModelHead(.classification, classCount: 5), ModelHead(.classification, classCount: 3),
        ]
        let model = try make("resnet18", heads)
        let outputs = model.outputs(images, .inference, recomputing: [])
        let state = Dictionary(
            uniqueKeysWithValues: model.stateDict().map { ($0.key, $0.entry) })
        for (position, head) in heads.enumerated() {
            let network = try ModelRegistry.make("resnet18", classCount: head.classCount, seed: nil)
            try network.loadStateDict(
                network.stateDict().map { key, _ in
                    let name = key.hasPrefix("fc.") ? "heads.\(position).\(key)" : "trunk.\(key)"
                    return (key, try #require(state[name]))
                })
            let expected = network(images, .inference)
            #expect(outputs[position].shape == [2, head.classCount])
            #expect(outputs[position].array() == expected.array())
            #expect(model.part(forTask: position)(images, .inference).array() == expected.array())
        }
    }

    /// The pixel task is the U-Net with the same weights, wherever it stands among the tasks.
    @Test func pixelsAreThoseOfAUNet() throws {
        let heads = [
            ModelHead(.classification, classCount: 2), ModelHead(.segmentation, classCount: 3),
            ModelHead(.classification, classCount: 7),
        ]
        let model = try make("unet-resnet18", heads)
        let uNet = try ModelRegistry.make("unet-resnet18", classCount: 3, seed: nil)
        try uNet.loadStateDict(
            model.stateDict().filter { $0.key.hasPrefix("trunk.") }.map {
                (String($0.key.dropFirst("trunk.".count)), $0.entry)
            })
        let outputs = model.outputs(images, .inference, recomputing: [])
        #expect(outputs.map(\.shape) == [[2, 2], [2, 64, 64, 3], [2, 7]])
        #expect(outputs[1].array() == uNet(images, .inference).array())
    }

    @Test func plansComputeTheSame() throws {
        let model = try make(
            "unet-resnet18",
            [ModelHead(.classification, classCount: 4), ModelHead(.segmentation, classCount: 3)])
        let outputs = model.outputs(images, .inference, recomputing: [])
        let together = InferencePlan(model, input: images.shape, probabilities: false)
        #expect(together.outputShapes == [[2, 4], [2, 64, 64, 3]])
        let found = together(images.array())
        var steps = 0
        for position in 0..<2 {
            let alone = InferencePlan(
                model.part(forTask: position), input: images.shape, probabilities: false)
            #expect(alone(images.array()) == [found[position]])
            steps += alone.stepCount
            let expected = outputs[position].array().map(Double.init)
            #expect(relativeError(found[position].map(Double.init), expected) < 1e-5)
        }
        // The trunk is computed once.
        #expect(together.stepCount < steps - 20)
    }

    /// The gradient of a sum of losses is the sum of the gradients: the trunk hears from every head.
    @Test func everyHeadTeachesTheTrunk() throws {
        let model = try make(
            "unet-resnet18",
            [ModelHead(.classification, classCount: 4), ModelHead(.segmentation, classCount: 3)])
        let phase = Phase.training(Randomness(seed: 1, step: 0))
        let named = model.namedParameters
        let trunk = try #require(named.first { $0.key == "trunk.backbone.conv1.weight" }).parameter
        func gradient(_ weights: [Float]) throws -> [Double] {
            let (_, gradients) = valueWithGradients(of: named.map(\.parameter)) {
                let outputs = model.outputs(images, phase, recomputing: [])
                return weights[0] * mean(outputs[0] * outputs[0])
                    + weights[1] * mean(outputs[1] * outputs[1])
            }
            return try #require(gradients[trunk]).array().map(Double.init)
        }
        let (first, second, both) = (
            try gradient([1, 0]), try gradient([0, 1]), try gradient([1, 1])
        )
        #expect(first.contains { $0 != 0 } && second.contains { $0 != 0 })
        let sum = zip(first, second).map { $0 + $1 }
        #expect(relativeError(both, sum) < 1e-4)
    }

    @Test func keysNameTheParts() throws {
        let model = try make(
            "unet-resnet18",
            [ModelHead(.classification, classCount: 4), ModelHead(.segmentation, classCount: 3)])
        let keys = model.namedParameters.map(\.key)
        for key in [
            "trunk.backbone.layer4.1.conv2.weight", "trunk.decoder.0.conv1.weight",
            "trunk.head.weight", "heads.0.fc.bias",
        ] { #expect(keys.contains(key), "\(key)") }
        #expect(
            keys.filter(model.isClassifier) == [
                "trunk.head.weight", "trunk.head.bias", "heads.0.fc.weight", "heads.0.fc.bias",
            ])
    }

    @Test func headsThatDoNotFitAreRefused() {
        func refusal(_ name: String, _ tasks: [ModelTask]) -> String? {
            ModelRegistry.refusal(of: tasks.map { ModelHead($0, classCount: 2) }, for: name)?
                .description
        }
        #expect(refusal("resnet18", [.segmentation])?.contains("not for pixels") == true)
        #expect(
            refusal("unet-resnet18", [.classification])?.contains("not for whole images") == true)
        #expect(
            refusal("airbench94", [.classification, .classification])?.contains("several tasks")
                == true)
        #expect(
            refusal("fcn_resnet50", [.classification, .segmentation])?.contains("several tasks")
                == true)
        #expect(
            refusal("unet-resnet18", [.segmentation, .segmentation])?.contains("one segmentation")
                == true)
        #expect(refusal("resnet50", [.classification, .classification]) == nil)
        #expect(refusal("unet-resnet50", [.classification, .segmentation]) == nil)
    }
}

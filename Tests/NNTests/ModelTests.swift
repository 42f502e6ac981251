import NN
import Tensor
import Testing

/// Models as a whole: splitting, summaries, initialisation, training.
struct ModelTests {
    @Test(arguments: ModelRegistry.names)
    func summaryAgreesWithARun(_ name: String) throws {
        let model = try ModelRegistry.make(name, classCount: 7, seed: nil)
        let isLarge = try ModelRegistry.defaultInputSize(of: name).height > 32
        let input: Shape = isLarge ? [2, 43, 37, 3] : [2, 9, 13, 3]
        let summary = ModelSummary(of: model, input: input)
        #expect(summary.parameterCount == model.parameterCount)
        #expect(summary.stages.map(\.name) == model.stageNames)
        let isSegmentation = try ModelRegistry.task(of: name) == .segmentation
        #expect(summary.stages.last?.outputShape == (isSegmentation ? [2, 43, 37, 7] : [2, 7]))
        #expect(summary.stages.allSatisfy { $0.layers.allSatisfy { !$0.name.isEmpty } })
        guard model.parameterCount < 1_000_000 else { return }
        var x = Tensor.zeros(input)
        for (stage, expected) in zip(model.stages, summary.stages) {
            x = stage(x, .inference)
            #expect(x.shape == expected.outputShape, "\(stage.name)")
        }
    }

    @Test(arguments: [
        ("cifar10-cnn", 10, 32, 2_703_690, 345_704_960),
        ("airbench94", 10, 32, 1_971_352, 118_147_360),
        ("airbench96", 10, 32, 9_915_416, 451_967_264),
        ("resnet20", 10, 32, 272_474, 40_813_184),
        ("cifar-resnet18", 10, 32, 11_173_962, 555_422_720),
        ("resnet18", 1000, 224, 11_689_512, 1_814_073_344),
        ("resnet34", 1000, 224, 21_797_672, 3_663_761_408),
        ("resnet50", 1000, 224, 25_557_032, 4_089_184_256),
        ("resnet101", 1000, 224, 44_549_160, 7_801_405_440),
        ("resnet152", 1000, 224, 60_192_808, 11_513_626_624),
    ])
    func parametersAndMultiplyAdds(
        _ name: String, _ classes: Int, _ side: Int, _ parameters: Int, _ multiplyAdds: Int
    ) throws {
        let model = try ModelRegistry.make(name, classCount: classes, seed: nil)
        #expect(try ModelRegistry.defaultInputSize(of: name) == Spatial(side))
        let summary = ModelSummary(of: model, input: [1, side, side, 3])
        #expect(summary.parameterCount == parameters)
        #expect(summary.multiplyAdds == multiplyAdds)
    }

    /// torchvision's published counts, without the auxiliary head of training.
    @Test(arguments: [("fcn_resnet50", 32_957_013), ("deeplabv3_resnet50", 39_638_869)])
    func parametersOfSegmentationModels(_ name: String, _ parameters: Int) throws {
        #expect(
            try ModelRegistry.make(name, classCount: 21, seed: nil).parameterCount == parameters)
    }

    @Test func theTableIsReadable() throws {
        let model = try ModelRegistry.make("cifar10-cnn", classCount: 10, seed: nil)
        let summary = ModelSummary(of: model, input: [1, 32, 32, 3])
        #expect(
            summary.table() == """
                stage   output            parameters  multiply-adds
                input   [1, 32, 32, 3]                             
                stem    [1, 32, 32, 64]        1,856      1,769,472
                layer1  [1, 32, 32, 64]       73,984     75,497,472
                layer2  [1, 16, 16, 128]     525,568    134,217,728
                layer3  [1, 8, 8, 256]     2,099,712    134,217,728
                head    [1, 10]                2,570          2,560
                total                      2,703,690    345,704,960
                """)
        #expect(summary.table(layers: true).contains("  layer2.0.downsample.0 Conv2d"))
    }

    @Test(arguments: [("resnet20", 11, 9), ("airbench94", 17, 33), ("airbench96", 33, 18)])
    func everySplitIsTheWhole(_ name: String, _ height: Int, _ width: Int) throws {
        let model = try ModelRegistry.make(
            name, classCount: 5, seed: 8,
            options: ModelOptions(zeroInitResidual: name.hasPrefix("airbench") ? nil : false))
        let x = formulaImages(61_000, 3, height, width)
        #expect(model.stageNames == ["stem", "layer1", "layer2", "layer3", "head"])
        for phase in [Phase.inference, .training(Randomness(seed: 2, step: 3))] {
            let whole = model(x, phase).array()
            for name in model.stageNames {
                let features = model.prefix(through: name)(x, phase)
                #expect(features.shape == model.prefix(through: name).outputShape(for: x.shape))
                #expect(model.suffix(after: name)(features, phase).array() == whole, "\(name)")
            }
        }
        let parts =
            model.prefix(through: "layer2").parameters + model.suffix(after: "layer2").parameters
        #expect(parts.map(ObjectIdentifier.init) == model.parameters.map(ObjectIdentifier.init))
    }

    @Test func unknownNamesAreExplained() {
        let error = #expect(throws: ModelError.self) {
            _ = try ModelRegistry.make("resnet81", classCount: 10, seed: 0)
        }
        #expect(
            error?.description == """
                unknown model 'resnet81'; did you mean 'resnet18'? known: cifar10-cnn, airbench94, \
                airbench94-muon, airbench95, airbench96, resnet20, resnet32, resnet44, resnet56, cifar-resnet18, resnet18, resnet34, resnet50, \
                resnet101, resnet152, fcn_resnet50, fcn_resnet101, deeplabv3_resnet18, deeplabv3_resnet50, \
                deeplabv3_resnet101, unet-resnet18, unet-resnet34, unet-resnet50, unet-resnet101
                """)
        for options in [
            ModelOptions(dropout: 1), ModelOptions(dropout: .nan),
            ModelOptions(batchNormMomentum: 0), ModelOptions(batchNormEpsilon: 0),
        ] {
            #expect(throws: ModelError.self) {
                _ = try ModelRegistry.make("resnet20", classCount: 10, seed: 0, options: options)
            }
        }
        #expect(throws: ModelError.self) {
            _ = try ModelRegistry.make("resnet20", classCount: 0, seed: 0)
        }
    }

    @Test func initialValuesFollowTheSeedAndTheRules() throws {
        func values(_ seed: UInt64) throws -> [(key: String, values: [Float])] {
            let model = try ModelRegistry.make("cifar10-cnn", classCount: 10, seed: seed)
            return model.namedParameters.map { ($0.key, $0.parameter.value.array()) }
        }
        let first = try values(1)
        #expect(try values(1).map(\.values) == first.map(\.values))
        let other = try values(2)
        for (key, values) in first {
            let count = Double(values.count)
            let mean = values.reduce(0) { $0 + Double($1) } / count
            let variance = values.reduce(0) { $0 + Double($1) * Double($1) } / count
            if key.hasSuffix("bn2.weight") {
                #expect(values.allSatisfy { $0 == 0 }, "\(key)")
            } else if key.contains("bn") || key.contains("downsample.1") {
                #expect(values.allSatisfy { $0 == (key.hasSuffix("bias") ? 0 : 1) }, "\(key)")
            } else if key.hasPrefix("fc") {
                // Uniform in ±1/√256.
                #expect(values.allSatisfy { abs($0) <= 0.0625 })
                #expect((values.map { abs($0) }.max() ?? 0) > 0.05)
                #expect(values != other.first { $0.key == key }?.values)
            } else {
                // Fan-out: the taps times the output channels, 3×3 or 1×1.
                let channels = key.hasPrefix("layer3") ? 256 : key.hasPrefix("layer2") ? 128 : 64
                let taps = key.contains("downsample") ? 1 : 9
                let expected = 2 / Double(channels * taps)
                #expect(abs(variance / expected - 1) < 6 / count.squareRoot(), "\(key)")
                #expect(abs(mean) < 5 * (expected / count).squareRoot(), "\(key)")
                #expect(values != other.first { $0.key == key }?.values, "\(key)")
            }
        }
        let heads = first.filter { $0.values.count > 1000 }.map { Array($0.values.prefix(9)) }
        #expect(Set(heads).count == heads.count)
    }

    /// With the last factors at zero, a block without projection passes positive input on.
    @Test func blocksStartAsTheirShortcuts() throws {
        let made = try ModelRegistry.make("resnet20", classCount: 3, seed: 4)
        let model = try #require(made as? ResNet)
        let x = relu(Tensor(uniform(62_000, 2 * 5 * 7 * 16), shape: [2, 5, 7, 16]))
        #expect(model.layer1(x, .training(Randomness(seed: 0, step: 0))).array() == x.array())
    }

    @Test func oneBatchIsLearnedByHeart() throws {
        let model = try ModelRegistry.make("resnet20", classCount: 4, seed: 11)
        let x = formulaImages(63_000, 8, 12, 12)
        let labels = (0..<8).map { Int32($0 % 4) }
        let optimizer = SGD(
            ParameterGroup.standard(model.namedParameters, weightDecay: 1e-4), momentum: 0.9,
            nesterov: true)
        var losses: [Float] = []
        for step in 0..<25 {
            let (loss, gradients) = valueWithGradients(of: model.parameters) {
                crossEntropy(model(x, .training(Randomness(seed: 1, step: step))), labels: labels)
            }
            losses.append(loss.scalar())
            optimizer.step(gradients, learningRate: 0.1)
        }
        #expect(losses[0] > 0.7)
        #expect(losses[24] < 0.02, "\(losses)")
    }

    @Test func theNumberOfThreadsNeverMatters() throws {
        func step(threads: Int) throws -> [[Float]] {
            try withBackend(CPUBackend(threadCount: threads)) {
                let model = try ModelRegistry.make("resnet20", classCount: 7, seed: 9)
                let x = formulaImages(64_000, 5, 19, 23)
                let optimizer = SGD(
                    ParameterGroup.standard(model.namedParameters, weightDecay: 0.01),
                    momentum: 0.9, clipping: .norm(1))
                var results: [[Float]] = []
                for step in 0..<2 {
                    let (loss, gradients) = valueWithGradients(of: model.parameters) {
                        crossEntropy(
                            model(x, .training(Randomness(seed: 1, step: step))),
                            labels: [0, 3, 6, 2, 1], labelSmoothing: 0.1)
                    }
                    optimizer.step(gradients, learningRate: 0.1)
                    results.append([loss.scalar()])
                }
                return try results + model.stateDict().map { try $0.entry.floats() }
            }
        }
        #expect(try step(threads: 1) == step(threads: 3))
    }

    @Test func aTrainingStepUsesTheseOperations() throws {
        let model = try ModelRegistry.make(
            "resnet18", classCount: 3, seed: nil, options: ModelOptions(dropout: 0.3))
        let trace = OpTrace()
        OpTrace.$current.withValue(trace) {
            _ = valueWithGradients(of: model.parameters) {
                crossEntropy(
                    model(.zeros([2, 33, 33, 3]), .training(Randomness(seed: 0, step: 0))),
                    labels: [0, 1])
            }
        }
        #expect(
            trace.names == [
                "conv2d", "batchNorm", "maxPool2d", "globalAveragePool", "dropout", "linear",
                "crossEntropy", "sum", "divide",
            ])
    }
}

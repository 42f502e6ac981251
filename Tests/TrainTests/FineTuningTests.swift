import Foundation
import Inference
import NN
import Tensor
import Testing
import Train

/// Whole small runs: frozen parts, averages, accumulated gradients, and starting from a checkpoint.
@Suite(.serialized) struct FineTuningTests {
    /// 50 images to train on: six batches of eight, of which two are left over from a group of four.
    private static let text = """
        seed: 5
        max_steps: 6
        batch_size: 8
        data: {name: shapes, train_count: 60, test_count: 10, validation: 10, workers: 1}
        model: {name: resnet20, zero_init_residual: false}
        optimizer: {learning_rate: 0.05}
        schedule: {name: constant}
        """

    private func run(
        in folder: String, stops: [Int] = [], _ overrides: String...
    ) throws -> SmallRun {
        try SmallRun(Self.text, in: folder, stops: stops, overrides: overrides)
    }

    private func expectSame(_ a: SmallRun, _ b: SmallRun, _ label: Comment) {
        #expect(a.values.keys.sorted() == b.values.keys.sorted(), label)
        for (key, values) in a.values { #expect(b.values[key] == values, "\(label) \(key)") }
    }

    /// Everything at once, stopped and resumed, with 1 and with 3 threads.
    @Test func whateverIsOnARunEndsInTheSameBits() throws {
        let all = [
            "optimizer={name: muon, others: {name: adamw}, groups: [{match: fc, weight_decay: 0.1}]}",
            "accumulate=4", "ema={decay: 0.9, every: 2, warmup_power: 0.7}",
            "fine_tuning={freeze: [stem, layer1], unfreeze: [{match: layer1, at: 3 steps}], "
                + "layer_decay: 0.8, head_learning_rate_factor: 2}",
        ]
        try withTemporaryFolder { folder in
            let whole = try SmallRun(Self.text, in: folder, overrides: all)
            #expect(whole.values.keys.contains("training.ema.fc.weight"))
            #expect(
                whole.values.keys.contains("training.orthogonal_momentum.layer1.0.conv1.weight"))
            #expect(whole.values.keys.contains("training.first_moment.fc.weight"))
            let parts = try SmallRun(Self.text, in: folder, stops: [1, 2, 4], overrides: all)
            expectSame(whole, parts, "resumed")
            let threads = try withBackend(CPUBackend(threadCount: 3)) {
                try SmallRun(Self.text, in: folder, overrides: all)
            }
            expectSame(whole, threads, "3 threads")
        }
    }

    private func distance(_ a: [Float], _ b: [Float]) -> Double {
        a.count == b.count
            ? zip(a, b).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }.squareRoot()
            : .infinity
    }

    /// With normalisations at rest, two batches are the one of twice the size.
    @Test func accumulatedGradientsAreThoseOfOneBatch() throws {
        try withTemporaryFolder { folder in
            let rest = "fine_tuning.freeze=['*bn*', '*downsample.1*']"
            let weights = "loss.class_weights=[1, 2, 3, 1, 2, 3, 1, 2, 3, 0.5]"
            let whole = try run(in: folder, rest, weights, "batch_size=16", "max_steps=3")
            let parts = try run(in: folder, rest, weights, "accumulate=2", "max_steps=3")
            #expect(parts.state.step == 3 && parts.state.epoch == 1)
            #expect(parts.plan.stepsPerEpoch == 3)
            // Smaller batches give other gradients: the scale of what must not differ here.
            let other = try run(in: folder, rest, weights, "max_steps=3")
            for key in ["conv1.weight", "layer2.1.conv2.weight", "fc.weight"] {
                let (values, otherValues) = (whole.values[key] ?? [], other.values[key] ?? [])
                let difference = distance(values, parts.values[key] ?? [])
                #expect(difference < 1e-3 * distance(values, otherValues), "\(key)")
            }
        }
    }

    @Test func whatIsLeftAtTheEndOfAnEpochIsAnUpdate() throws {
        try withTemporaryFolder { folder in
            let run = try run(in: folder, "accumulate=4", "max_steps=5", "epochs=2")
            #expect(run.plan.stepsPerEpoch == 2)
            #expect(run.state.step == 4 && run.state.epoch == 2)
            #expect(run.state.history.map(\.step) == [2, 4])
        }
    }

    @Test func frozenPartsRestUntilTheirTime() throws {
        try withTemporaryFolder { folder in
            let freeze = [
                "fine_tuning.freeze=[stem, layer1, layer2]",
                "fine_tuning.unfreeze=[{match: layer2, at: 2 steps}]",
            ]
            let start = try run(in: folder, "optimizer.learning_rate=1e-30", "max_steps=1")
            func trained(_ steps: Int, _ more: String...) throws -> SmallRun {
                try SmallRun(
                    Self.text, in: folder, overrides: freeze + ["max_steps=\(steps)"] + more)
            }
            let early = try trained(2)
            let late = try trained(3)
            let layer1 = "layer1.2.conv2.weight"
            let layer2 = "layer2.0.conv1.weight"
            #expect(early.values[layer1] == start.values[layer1])
            #expect(early.values[layer2] == start.values[layer2])
            #expect(early.values["layer3.0.conv1.weight"] != start.values["layer3.0.conv1.weight"])
            #expect(late.values[layer1] == start.values[layer1])
            #expect(late.values[layer2] != start.values[layer2])
            // Normalisations at rest keep their statistics, unless they are told not to.
            #expect(early.values["bn1.running_mean"]?.allSatisfy { $0 == 0 } == true)
            #expect(early.values["layer2.0.bn1.running_var"]?.allSatisfy { $0 == 1 } == true)
            #expect(late.values["layer2.0.bn1.running_var"]?.allSatisfy { $0 == 1 } == false)
            let moving = try trained(2, "fine_tuning.frozen_batch_norm=training")
            #expect(moving.values["bn1.running_mean"]?.allSatisfy { $0 == 0 } == false)
            #expect(early.plan.trainedCount < early.plan.parameterCount)
            #expect(early.values["training.momentum.conv1.weight"] == nil)
        }
    }

    @Test func theAverageIsSavedBesideTheWeights() throws {
        try withTemporaryFolder { folder in
            let run = try run(in: folder, "ema={decay: 0.5}", "max_steps=12")
            let weights = try #require(run.values["fc.weight"])
            let average = try #require(run.values["training.ema.fc.weight"])
            #expect(weights != average)
            let best = try run.best
            #expect(best.description.weights == .ema)
            let last = try run.last
            #expect(try StateEntry(fc(last)).floats() == average)
            let columns = Set(run.state.history.flatMap(\.extras).map(\.name))
            #expect(columns.isSuperset(of: ["raw_validation_loss", "raw_validation_accuracy"]))
            let row = try #require(run.state.history.last)
            let other = row.extras.first { $0.name == "raw_validation_loss" }?.value
            #expect(other != row.validationLoss)
            // Training is the same without, and so is what is judged when raw weights are asked for.
            let raw = try self.run(
                in: folder, "ema={decay: 0.5}", "evaluation.weights=raw", "max_steps=12")
            let plain = try self.run(in: folder, "max_steps=12")
            #expect(plain.values["fc.weight"] == weights && raw.values["fc.weight"] == weights)
            #expect(raw.state.history.last?.validationLoss == other)
            #expect(plain.state.history.last?.validationLoss == other)
            #expect(try raw.best.description.weights == .raw)
            #expect(try StateEntry(fc(raw.last)).floats() == weights)
        }
    }

    private func fc(_ file: ModelFile) throws -> Parameter {
        let model = try file.loadModel()
        return try #require(model.namedParameters.first { $0.key == "fc.weight" }).parameter
    }

    @Test func aCheckpointForOtherClassesGivesAllButTheHead() throws {
        try withTemporaryFolder { folder in
            let source = try run(in: folder, "max_steps=2")
            let other = try ModelRegistry.make("resnet20", classCount: 4, seed: 1)
            let report = try ModelFile.loadTrunk(of: source.path, into: other)
            let all = other.stateDict().count
            #expect(report.loadedCount == all - 2)
            #expect(report.restarted.map(\.key) == ["fc.bias", "fc.weight"])
            #expect(
                report.description == """
                    \(all - 2) entries from \(source.path); starting anew: fc.bias [4] ([10] in \
                    the file), fc.weight [4, 64] ([10, 64] in the file)
                    """)
            let same = try run(in: folder, "model.checkpoint=\(source.path)", "max_steps=1")
            #expect(same.plan.firstWeights?.loadedCount == all)
            #expect(same.plan.firstWeights?.restarted == [])
        }
    }

    /// The encoder fits into every model that has the same one, whatever is around it.
    @Test func anEncoderIsTakenOverIntoOtherModels() throws {
        func head(_ task: ModelTask, _ classCount: Int) -> ModelHead {
            ModelHead(task, classCount: classCount)
        }
        let plain = [head(.classification, 4)]
        let masks = [head(.segmentation, 3)]
        let several = [head(.classification, 4), head(.segmentation, 3)]
        let cases:
            [(
                from: (String, [ModelHead]), to: (String, [ModelHead]), missing: [String],
                unused: [String]
            )] = [
                (
                    ("resnet18", plain), ("unet-resnet18", masks), ["detail", "decoder", "head"],
                    ["fc"]
                ),
                (
                    ("resnet18", plain), ("unet-resnet18", several),
                    ["trunk.detail", "trunk.decoder", "trunk.head", "heads.0"], ["fc"]
                ),
                (
                    ("unet-resnet18", masks), ("resnet18", plain), ["fc"],
                    ["decoder", "detail", "head"]
                ),
                (("unet-resnet18", masks), ("unet-resnet18", several), ["heads.0"], []),
            ]
        try withTemporaryFolder { folder in
            for (number, item) in cases.enumerated() {
                let path = "\(folder)/\(number).safetensors"
                let source = try ModelRegistry.make(item.from.0, heads: item.from.1, seed: 1)
                try SafetensorsFile.write(source.stateDict(), metadata: [], to: path)
                let model = try ModelRegistry.make(item.to.0, heads: item.to.1, seed: 2)
                let report = try ModelFile.loadTrunk(of: path, into: model)
                #expect(report.missingParts == item.missing)
                #expect(report.unusedParts == item.unused)
                func encoder(_ model: any PredictionModel) -> [String: [Float]] {
                    Dictionary(
                        uniqueKeysWithValues: model.namedParameters.compactMap { key, parameter in
                            guard let start = key.range(of: "layer")?.lowerBound else { return nil }
                            return (String(key[start...]), parameter.value.array())
                        })
                }
                #expect(encoder(model) == encoder(source))
            }
            // Another encoder is no match, even one that has all of the model's names and more: the
            // file's and the model's names are said, as ever.
            let path = "\(folder)/deep.safetensors"
            try SafetensorsFile.write(
                try ModelRegistry.make("resnet34", heads: plain, seed: 1).stateDict(), metadata: [],
                to: path)
            for other in ["unet-resnet50", "unet-resnet18"] {
                #expect(throws: (any Error).self) {
                    let model = try ModelRegistry.make(other, heads: masks, seed: 2)
                    try ModelFile.loadTrunk(of: path, into: model)
                }
            }
            #expect(throws: (any Error).self) {
                let model = try ModelRegistry.make("resnet18", heads: plain, seed: 2)
                try ModelFile.loadTrunk(of: path, into: model)
            }
        }
    }

    @Test func learningRatesFollowStagesHeadAndGroups() throws {
        let values = try Configuration.parse(
            Self.text, file: "a.yaml",
            overrides: [
                "fine_tuning={layer_decay: 0.5, head_learning_rate_factor: 10}",
                "optimizer.groups=[{match: 'layer3.*.conv2*', learning_rate_factor: 3}, "
                    + "{match: [layer2.0, stem], learning_rate: 0.2, weight_decay: 0.25}]",
            ]
        ).values
        let model = try ModelRegistry.make("resnet20", classCount: 10, seed: nil)
        var settings: [String: (factor: Float, decay: Float)] = [:]
        for group in values.parameterGroups(of: model) {
            for (key, _) in group.parameters {
                settings[key] = (group.learningRateFactor, group.weightDecay)
            }
        }
        #expect(settings.count == model.namedParameters.count)
        #expect(settings["fc.weight"]! == (10, 5e-4) && settings["fc.bias"]! == (10, 0))
        #expect(settings["layer3.1.conv1.weight"]! == (0.5, 5e-4))
        #expect(settings["layer3.1.conv2.weight"]! == (1.5, 5e-4))
        #expect(settings["layer2.1.conv1.weight"]! == (0.25, 5e-4))
        #expect(settings["layer2.0.bn1.bias"]! == (4, 0.25))
        #expect(settings["layer1.0.bn1.bias"]! == (0.125, 0))
        #expect(settings["conv1.weight"]! == (4, 0.25))
    }

    /// A whitening bias whose rate falls to zero moves less and less, and then not at all.
    @Test func theWhiteningBiasHasACurveOfItsOwn() throws {
        try withTemporaryFolder { folder in
            func bias(_ steps: Int, _ more: String...) throws -> [Float] {
                let run = try SmallRun(
                    Self.text, in: folder,
                    overrides: [
                        "model={name: airbench94-muon}", "max_steps=\(steps)",
                        "optimizer={name: sgd, momentum: 0, nesterov: false, learning_rate: 0.01, "
                            + "whitening_bias: 4 steps}",
                    ] + more)
                return try #require(run.values["whiten.bias"])
            }
            func moved(_ a: [Float], _ b: [Float]) -> Float {
                zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
            }
            let decay = "optimizer.whitening_bias_decay=true"
            let one = (try bias(1), try bias(1, decay))
            let two = (try bias(2), try bias(2, decay))
            #expect(one.0 == one.1, "the first step is a whole one")
            #expect(abs(moved(two.1, one.1) / moved(two.0, one.0) - 0.75) < 1e-3)
            #expect(try bias(4, decay) == bias(6, decay))
        }
    }
}

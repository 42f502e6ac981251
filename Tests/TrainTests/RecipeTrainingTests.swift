import Datasets
import Foundation
import Inference
import NN
import Testing
import Train

/// Whole small runs with what the airbench recipe adds to training.
@Suite(.serialized) struct RecipeTrainingTests {
    private static let text = """
        seed: 5
        max_steps: 12
        batch_size: 8
        data: {name: shapes, train_count: 60, test_count: 10, validation: 10, workers: 1}
        model: {name: airbench94}
        loss: {label_smoothing: 0.2}
        optimizer:
          learning_rate: 0.3
          momentum: 0.85
          decay_norm_and_bias: true
          norm_bias_learning_rate_factor: 64
          whitening_bias: 5 steps
          lookahead: {every: 5}
        schedule: {name: constant}
        augmentation: {crop: {padding: 2, mode: reflect}, flip: alternating}
        """

    private func train(
        in folder: String, stops: [Int] = [], overrides: [String] = []
    ) throws -> (model: Airbench, values: [String: [Float]]) {
        let run = try SmallRun(Self.text, in: folder, stops: stops, overrides: overrides)
        return (try #require(try run.last.loadModel() as? Airbench), run.values)
    }

    /// The numbers of the file mean what the recipe says.
    @Test func theFileIsTheRecipe() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let values = try Configuration.load(
            contentsOf: root.appendingPathComponent("configs/cifar10-airbench94.yaml").path
        ).values
        let total = 476
        #expect(values.totalSteps(stepsPerEpoch: 48) == total)
        let kilostep = 1024 * (1 + 1 / (1 - 0.85))
        let rate = 11.5 / kilostep * 1024
        let decay = 0.0153 * 1024 / kilostep / (11.5 / kilostep) / 1024
        #expect(abs(values.optimizer.weightDecay / decay - 1) < 1e-5)
        let schedule = values.learningRateSchedule(stepsPerEpoch: 48)
        let warmup = Int(Double(total) * 0.23)
        for step in 0..<total {
            let expected =
                step < warmup
                ? 0.2 + 0.8 * Double(step) / Double(warmup)
                : 1 - 0.93 * Double(step - warmup) / Double(total - warmup)
            #expect(abs(schedule.learningRate(step: step) - rate * expected) < 1e-12, "\(step)")
        }
    }

    /// The numbers of airbench94_muon, which sums its loss over the 2000 images of a batch.
    @Test func theMuonFileIsTheRecipe() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let values = try Configuration.load(
            contentsOf: root.appendingPathComponent("configs/cifar10-airbench94-muon.yaml").path
        ).values
        let (batch, biasRate, headRate, total) = (2000.0, 0.053, 0.67, 200)
        let decay = 2e-6 * batch
        #expect(values.batchSize == 2000 && values.totalSteps(stepsPerEpoch: 25) == total)
        let schedule = values.learningRateSchedule(stepsPerEpoch: 25)
        for step in 0..<total {
            let expected = 0.24 * (1 - Double(step) / Double(total))
            #expect(abs(schedule.learningRate(step: step) - expected) < 1e-12, "\(step)")
        }
        let model = try ModelRegistry.make("airbench94-muon", classCount: 10, seed: nil)
        let groups = values.parameterGroups(of: model)
        for group in groups {
            for (key, parameter) in group.parameters {
                let rate = Double(group.learningRateFactor) * 0.24
                let wanted: (rate: Double, decay: Double) =
                    switch (parameter.role, key) {
                    case (.filter, _): (0.24, 0)
                    case (_, "fc.weight"): (headRate * batch, decay / headRate / batch)
                    default: (biasRate * batch, decay / biasRate / batch)
                    }
                #expect(abs(rate / wanted.rate - 1) < 1e-6, "\(key)")
                #expect(
                    abs(Double(group.weightDecay) - wanted.decay) <= 1e-5 * wanted.decay, "\(key)")
            }
        }
        #expect(groups.flatMap(\.parameters).count == model.namedParameters.count)
        #expect(values.optimizer.whiteningBias == .epochs(3) && values.optimizer.whiteningBiasDecay)
    }

    @Test func aStoppedRunEndsInTheSameBits() throws {
        try withTemporaryFolder { folder in
            let whole = try train(in: folder)
            let parts = try train(in: folder, stops: [3, 8])
            #expect(whole.values.keys.sorted() == parts.values.keys.sorted())
            for (key, values) in whole.values {
                #expect(parts.values[key] == values, "\(key)")
                #expect(values.allSatisfy { $0.isFinite }, "\(key)")
            }
            // The filters were made from the data: those of another seed's split differ.
            let other = try train(in: folder, overrides: ["seed=6", "max_steps=1"])
            #expect(other.values["whiten.weight"] != whole.values["whiten.weight"])
            let filters = try #require(whole.values["whiten.weight"])
            for place in 0..<filters.count / 2 {
                #expect(filters[place] == -filters[place + filters.count / 2])
            }
        }
    }

    /// At the end of the run the weights are the average, that of the last update at step 10.
    @Test func theRunEndsAtTheAverage() throws {
        try withTemporaryFolder { folder in
            let end = try train(in: folder).values
            #expect(end["layer1.conv1.weight"] != nil)
            let prefix = "training.lookahead."
            for (key, values) in end where key.hasPrefix(prefix) {
                #expect(end[String(key.dropFirst(prefix.count))] == values, "\(key)")
            }
            #expect(end["training.lookahead.layer2.bn1.running_var"] != nil)
            let shorter = try train(in: folder, overrides: ["optimizer.lookahead=null"]).values
            #expect(shorter["layer1.conv1.weight"] != end["layer1.conv1.weight"])
        }
    }

    /// From 16 pixels to 32, in steps of 8, over the first three quarters of five epochs.
    @Test func imagesGrow() throws {
        try withTemporaryFolder { folder in
            let resizing = [
                "max_steps=30",
                "augmentation={crop: {padding: 2}, progressive_resizing: "
                    + "{initial_size: 16, start: 0.1, end: 0.75, multiple: 8}}",
            ]
            let whole = try SmallRun(Self.text, in: folder, overrides: resizing)
            let sizes = whole.state.history.map {
                $0.extras.first { $0.name == "image_size" }?.value
            }
            #expect(sizes == [16, 16, 16, 24, 32])
            let parts = try SmallRun(Self.text, in: folder, stops: [2, 6, 20], overrides: resizing)
            #expect(
                parts.state.history.map(\.weightsHash) == whole.state.history.map(\.weightsHash))
            let plain = try SmallRun(Self.text, in: folder, overrides: [resizing[0]])
            #expect(plain.state.history[0].extras.allSatisfy { $0.name != "image_size" })
            #expect(plain.values["fc.weight"] != whole.values["fc.weight"])
        }
    }

    @Test func theWhiteningBiasIsTrainedForItsTime() throws {
        try withTemporaryFolder { folder in
            let free = ["optimizer.lookahead=null", "optimizer.learning_rate=0.01"]
            func bias(_ overrides: [String]) throws -> [Float]? {
                try train(in: folder, overrides: free + overrides).values["whiten.bias"]
            }
            let atItsEnd = try bias(["max_steps=5"])
            #expect(atItsEnd?.contains { $0 != 0 } == true)
            #expect(try bias(["max_steps=9"]) == atItsEnd)
            #expect(try bias(["max_steps=9", "optimizer.whitening_bias=null"]) != atItsEnd)
        }
    }
}

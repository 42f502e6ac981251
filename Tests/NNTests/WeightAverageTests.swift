import Glibc
import NN
import Tensor
import Testing

struct WeightAverageTests {
    private func makeModel() throws -> any PredictionModel {
        try ModelRegistry.make("resnet20", classCount: 3, seed: 4)
    }

    private func set(_ model: any PredictionModel, to value: Float) {
        for parameter in model.parameters {
            parameter.value = Tensor(repeating: value, shape: parameter.value.shape)
        }
        for (_, statistic) in model.namedStatistics {
            statistic.value = Tensor(repeating: value, shape: statistic.value.shape)
        }
    }

    private func averaged(_ average: WeightAverage, _ key: String) throws -> Float {
        try #require(try average.state().first { $0.key == "ema." + key }?.entry.floats()[0])
    }

    /// timm's `ModelEmaV3` with `update_after_step` 0, `warmup_gamma` 1: its decay for its step s, from 0.
    private func timm(_ s: Int, _ decay: Double, _ power: Double?) -> Double {
        guard s > 1 else { return 0 }
        return power.map { min(decay, 1 - pow(1 + Double(s - 1), -$0)) } ?? decay
    }

    @Test(arguments: [nil, 2.0 / 3])
    func theShareIsTimms(_ power: Double?) throws {
        let average = WeightAverage(try makeModel(), decay: 0.98, warmupPower: power)
        for step in 1...600 {
            #expect(abs(average.share(afterStep: step) - timm(step, 0.98, power)) < 1e-12)
        }
    }

    @Test func parametersAndStatisticsAreAveraged() throws {
        let model = try makeModel()
        let average = WeightAverage(model, every: 2, decay: 0.75, start: 3)
        var expected: Float = 0
        for step in 1...9 {
            set(model, to: Float(step))
            average.update(afterStep: step)
            switch step {
            case ...4: expected = step == 4 || step <= 3 ? Float(step) : expected
            case _ where step % 2 == 0: expected = 0.75 * expected + 0.25 * Float(step)
            default: break
            }
            for key in ["layer1.0.conv1.weight", "layer2.0.bn1.running_var", "fc.bias"] {
                #expect(abs(try averaged(average, key) - expected) < 1e-5, "step \(step) \(key)")
            }
            #expect(model.parameters[0].value.array()[0] == Float(step), "training sees no average")
        }
        let inside = average.whileAssigned { model.parameters[3].value.array()[0] }
        #expect(abs(inside - expected) < 1e-5)
        #expect(model.parameters[3].value.array()[0] == 9)
    }

    @Test func itsStateIsInTheLayoutOfWeightFilesAndComesBack() throws {
        let model = try makeModel()
        let average = WeightAverage(model, decay: 0.5)
        let before = try average.state().map { try $0.entry.floats() }
        let own = Dictionary(
            uniqueKeysWithValues: model.stateDict().map { ("ema." + $0.key, $0.entry) })
        for (key, entry) in average.state() {
            #expect(
                try entry.floats() == (try own[key]?.floats()) && entry.shape == own[key]?.shape)
        }
        let other = WeightAverage(
            try ModelRegistry.make("resnet20", classCount: 3, seed: 9), decay: 0.5)
        try other.load(state: average.state())
        #expect(try other.state().map { try $0.entry.floats() } == before)
        let error = #expect(throws: OptimizerStateError.self) {
            try other.load(state: Array(average.state().dropFirst()))
        }
        #expect(error?.problems == ["'ema.conv1.weight' is missing"])
    }
}

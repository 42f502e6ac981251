import Foundation
import Support
import Testing
import Train

/// The folder of the fixtures beside this file.
private let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures")

@Suite struct ScheduleTests {
    @Test func learningRatesAreThoseOfTorch() throws {
        let file = fixtures.appendingPathComponent("schedules.json")
        let cases = try #require(
            try JSONValue.parse(String(contentsOf: file, encoding: .utf8)).array)
        #expect(cases.count == 11)
        for item in cases {
            let yaml = try #require(item["yaml"]?.string)
            let steps = try #require(item["steps"]?.integer)
            let rates = try #require(item["rates"]?.array).compactMap(\.number)
            let rate = try #require(item["learning_rate"]?.number)
            let perEpoch = try #require(item["steps_per_epoch"]?.integer)
            try #require(rates.count == steps)
            let text = "data: {name: shapes}\nmodel: {name: resnet20}\n" + yaml
            let loaded = try Configuration.parse(
                text, file: "case.yaml",
                overrides: ["max_steps=\(steps)", "optimizer.learning_rate=\(rate)"])
            let schedule = loaded.values.learningRateSchedule(stepsPerEpoch: perEpoch)
            for step in 0..<steps {
                let ours = schedule.learningRate(step: step)
                #expect(
                    abs(ours - rates[step]) <= 1e-12 * abs(rates[step]),
                    "\(yaml), step \(step): \(ours), torch has \(rates[step])")
            }
        }
    }

    @Test func oneCycleOfAFewStepsStaysFinite() {
        for steps in 1...6 {
            let schedule = Schedule(
                ScheduleConfiguration(name: .oneCycle), learningRate: 0.7, totalSteps: steps,
                stepsPerEpoch: 3)
            let rates = (0..<(steps + 2)).map { schedule.learningRate(step: $0) }
            #expect(rates.allSatisfy { $0 > 0 && $0 <= 0.7 }, "\(steps) steps: \(rates)")
            #expect(rates[steps] == rates[steps - 1])
        }
    }

    @Test func aRunEndsWithTheFirstOfEpochsAndSteps() {
        var configuration = Configuration()
        #expect(configuration.totalSteps(stepsPerEpoch: 13) == nil)
        configuration.epochs = 5
        #expect(configuration.totalSteps(stepsPerEpoch: 13) == 65)
        configuration.maxSteps = 64
        #expect(configuration.totalSteps(stepsPerEpoch: 13) == 64)
        configuration.maxSteps = 66
        #expect(configuration.totalSteps(stepsPerEpoch: 13) == 65)
    }

    @Test func warmupStartsAtItsFactorAndEndsAtTheCurve() {
        var configuration = ScheduleConfiguration(name: .polynomial)
        configuration.warmup = .epochs(1.5)
        configuration.warmupStartFactor = 0.25
        let schedule = Schedule(
            configuration, learningRate: 0.8, totalSteps: 40, stepsPerEpoch: 6)
        #expect(schedule.learningRate(step: 0) == 0.2)
        #expect(schedule.learningRate(step: 9) == 0.8)
        #expect(schedule.learningRate(step: 8) < 0.8)
        #expect(schedule.learningRate(step: 10) < 0.8)
        #expect(schedule.learningRate(step: 40) == 0)
    }

    @Test func warmupOfLengthZeroIsNone() throws {
        let configurations = try ["null", "0"].map { warmup in
            try Configuration.parse(
                "epochs: 7", file: "a.yaml",
                overrides: ["data.name=shapes", "model.name=resnet20", "schedule.warmup=\(warmup)"]
            ).values.schedule
        }
        #expect(configurations.map(\.warmup) == [nil, .epochs(0)])
        for step in [0, 1, 20, 40] {
            let rates = configurations.map {
                Schedule($0, learningRate: 0.8, totalSteps: 42, stepsPerEpoch: 6)
                    .learningRate(step: step)
            }
            #expect(rates[0] == rates[1])
        }
    }
}

import Datasets
import Foundation
import Inference
import NN
import Testing
import Train

/// A whole small run, stopped in good order and resumed as often as asked.
struct SmallRun {
    /// The run's folder.
    let path: String
    /// The last state.
    let state: TrainingState
    /// What the listener heard at the start of the first part.
    let plan: TrainingPlan
    /// All numbers in the last checkpoint: weights, statistics, buffers and averages.
    let values: [String: [Float]]

    /// Trains by `text`, stopping after each number of steps in `stops`.
    init(_ text: String, in folder: String, stops: [Int] = [], overrides: [String] = []) throws {
        let configuration = try Configuration.parse(text, file: "a.yaml", overrides: overrides)
            .values
        let data = try TrainingData(configuration, cacheFolder: folder + "/cache")
        path = "\(folder)/run-\(UUID().uuidString)"
        var states: [TrainingState] = []
        var plans: [TrainingPlan] = []
        for stop in stops + [Int.max] {
            let run =
                FileManager.default.fileExists(atPath: path)
                ? try RunDirectory.openForResume(path) : try RunDirectory.create(at: path)
            try run.write(configuration.resolvedYAML(), to: RunFile.configuration)
            let counter = StepCounter()
            let trainer = try Trainer(
                configuration, data: data, run: run, commit: nil, listener: counter,
                stopRequest: { counter.steps >= stop ? "test" : nil })
            #expect(try trainer.fit() == (stop == .max))
            states.append(trainer.state)
            plans.append(try #require(counter.plan))
        }
        (state, plan) = (states[states.count - 1], plans[0])
        var values: [String: [Float]] = [:]
        for (key, entry) in try SafetensorsFile(path: "\(path)/\(RunFile.lastCheckpoint)")
            .stateDict() where entry.elementType == .f32
        {
            values[key] = try entry.floats()
        }
        self.values = values
    }

    /// The last checkpoint.
    var last: ModelFile {
        get throws { try ModelFile("\(path)/\(RunFile.lastCheckpoint)") }
    }

    /// The best checkpoint.
    var best: ModelFile {
        get throws { try ModelFile("\(path)/\(RunFile.bestCheckpoint)") }
    }
}

/// Counts the updates of one trainer.
private final class StepCounter: TrainingListener, @unchecked Sendable {
    // Unchecked: trainer and stop request are on one thread.
    var steps = 0
    var plan: TrainingPlan?

    func trainingStarted(_ plan: TrainingPlan) {
        steps = plan.firstStep
        self.plan = plan
    }
    func stepEnded(_ progress: StepProgress) { steps = progress.step }
    func evaluating(_ part: Split, done: Int, of count: Int) {}
    func epochEnded(_ row: HistoryRow, isBest: Bool) {}
    func note(_ text: String) {}
}

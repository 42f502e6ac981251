import NN
import Tensor

/// What updates change besides the model: the optimiser's buffers and the averages of weights.
struct TrainingBuffers {
    /// Moves the weights.
    let optimizer: any Optimizer
    /// Pulls the weights to a moving average; nil is off.
    let lookahead: Lookahead?
    /// The moving average beside the weights; nil is off.
    let average: WeightAverage?

    /// The buffers that `configuration` asks for.
    init(
        _ configuration: Configuration, of model: any PredictionModel, stepsPerEpoch: Int
    ) {
        optimizer = configuration.makeOptimizer(for: model)
        lookahead = configuration.optimizer.lookahead.map {
            Lookahead(model, every: $0.every, decay: $0.decay, power: $0.power)
        }
        average = configuration.ema.map {
            WeightAverage(
                model, every: $0.every, decay: $0.decay, warmupPower: $0.warmupPower,
                start: $0.start?.steps(stepsPerEpoch: stepsPerEpoch) ?? 0)
        }
    }

    /// Starts the averages at the model's first values.
    func restartAverages() {
        lookahead?.restart()
        average?.restart()
    }

    /// Does what is due after update number `step`, from 1, of `total`.
    func update(afterStep step: Int, of total: Int?) {
        lookahead?.update(afterStep: step, of: total)
        average?.update(afterStep: step)
    }

    /// All of it as entries of a checkpoint.
    func state() -> [(key: String, entry: StateEntry)] {
        optimizer.state().map { ($0.name, StateEntry($0.tensor)) }
            + (lookahead?.state() ?? []) + (average?.state() ?? [])
    }

    /// Takes up what `state` gave.
    ///
    /// - Throws: `OptimizerStateError` naming all that is missing, unknown or misshaped.
    func load(_ entries: [(key: String, entry: StateEntry)]) throws {
        func belong(_ key: String, _ prefix: String, _ owner: AnyObject?) -> Bool {
            owner != nil && key.hasPrefix(prefix)
        }
        let (ahead, mean) = (
            entries.filter { belong($0.key, Lookahead.statePrefix, lookahead) },
            entries.filter { belong($0.key, WeightAverage.statePrefix, average) }
        )
        let others = entries.filter {
            !belong($0.key, Lookahead.statePrefix, lookahead)
                && !belong($0.key, WeightAverage.statePrefix, average)
        }
        try optimizer.load(
            state: others.map {
                ($0.key, Tensor(try $0.entry.floats(), shape: Shape($0.entry.shape)))
            })
        try lookahead?.load(state: ahead)
        try average?.load(state: mean)
    }
}

import Support

/// Where a run stands: all that goes on changing besides the weights and the optimiser's buffers.
///
/// Randomness needs no state: every random number follows from the seed and from the epoch, step and
/// sample it is for.
public struct TrainingState: Sendable, Equatable {
    /// The epoch under way, from 0; the number of epochs when training has ended.
    public var epoch = 0
    /// The batches of this epoch that are done.
    public var batch = 0
    /// The updates made since the run began.
    public var step = 0
    /// What was summed up over the epoch's batches so far.
    public var sums = EpochSums()
    /// The best validation figure so far.
    public var best: Best?
    /// The validations since then.
    public var validationsWithoutImprovement = 0
    /// Seconds of training since the run began, over all its resumptions.
    public var seconds = 0.0
    /// The most memory that tensors had at once, in bytes, over all its resumptions.
    public var peakMemory = 0
    /// The measurements so far.
    public var history: [HistoryRow] = []
    /// Why training ended; nil while it goes on.
    public var ending: String?

    /// The start of a run.
    public init() {}

    /// The best validation figure and where it was reached.
    public struct Best: Sendable, Equatable {
        /// The figure, of the configured metric.
        public var value: Double
        /// The number of epochs completed then.
        public var epoch: Int
        /// The updates made until then.
        public var step: Int
    }
}

/// Sums over the batches of an epoch.
public struct EpochSums: Sendable, Equatable {
    /// Σ loss · samples.
    public var loss = 0.0
    /// Right decisions of the main task about samples as they were augmented: pictures, or pixels.
    public var correct = 0
    /// All such decisions.
    public var decided = 0
    /// Samples seen.
    public var count = 0
    /// Seconds spent on them.
    public var seconds = 0.0

    /// The mean loss.
    public var meanLoss: Double? { count > 0 ? loss / Double(count) : nil }
    /// The share of right decisions.
    public var accuracy: Double? { decided > 0 ? Double(correct) / Double(decided) : nil }
    /// Counts further decisions.
    mutating func add(_ hits: Hits) {
        correct += hits.correct
        decided += hits.count
    }

    /// Samples a second.
    public var imagesPerSecond: Double? { seconds > 0 ? Double(count) / seconds : nil }
}

extension TrainingState {
    /// The state as it is kept in a checkpoint. Numbers keep all their bits.
    public var json: JSONValue {
        [
            "epoch": .integer(epoch), "batch": .integer(batch), "step": .integer(step),
            "epoch_loss_sum": .number(sums.loss), "epoch_correct": .integer(sums.correct),
            "epoch_decided": .integer(sums.decided), "epoch_count": .integer(sums.count),
            "epoch_seconds": .number(sums.seconds),
            "best": best.map {
                [
                    "value": .number($0.value), "epoch": .integer($0.epoch),
                    "step": .integer($0.step),
                ]
            } ?? .null,
            "validations_without_improvement": .integer(validationsWithoutImprovement),
            "seconds": .number(seconds), "peak_memory_bytes": .integer(peakMemory),
            "history": .array(history.map(\.json)),
            "ending": ending.map { .string($0) } ?? .null,
        ]
    }

    /// Reads what `json` wrote; nil when something is missing or of the wrong kind.
    public init?(json: JSONValue) {
        guard let epoch = json["epoch"]?.integer, let batch = json["batch"]?.integer,
            let step = json["step"]?.integer, let loss = json["epoch_loss_sum"]?.number,
            let correct = json["epoch_correct"]?.integer, let count = json["epoch_count"]?.integer,
            let epochSeconds = json["epoch_seconds"]?.number,
            let waiting = json["validations_without_improvement"]?.integer,
            let seconds = json["seconds"]?.number, let rows = json["history"]?.array
        else { return nil }
        self.init()
        (self.epoch, self.batch, self.step) = (epoch, batch, step)
        // Older checkpoints have none: they classify whole pictures.
        let decided = json["epoch_decided"]?.integer ?? count
        sums = EpochSums(
            loss: loss, correct: correct, decided: decided, count: count, seconds: epochSeconds)
        validationsWithoutImprovement = waiting
        self.seconds = seconds
        // Older checkpoints have none.
        peakMemory = json["peak_memory_bytes"]?.integer ?? 0
        ending = json["ending"]?.string
        history = rows.compactMap { HistoryRow(json: $0) }
        guard history.count == rows.count else { return nil }
        if let best = json["best"], best != .null {
            guard let value = best["value"]?.number, let epoch = best["epoch"]?.integer,
                let step = best["step"]?.integer
            else { return nil }
            self.best = Best(value: value, epoch: epoch, step: step)
        }
    }
}

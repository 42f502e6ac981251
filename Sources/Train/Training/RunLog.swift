import Support

/// The measurements of a run as they are made: history files and TensorBoard events.
final class RunLog {
    private let history: History
    private let events: EventWriter
    private let weights: WeightLog

    /// Updates from one event of the loss to the next.
    private static let stepsBetweenEvents = 10

    /// Starts the files, or goes on with those of `state`'s history.
    init(_ run: RunDirectory, resuming state: TrainingState) throws(FileError) {
        history = try History(restoring: state.history, in: run.path)
        events = try EventWriter(
            folder: run.path(of: RunFile.tensorBoard),
            purgingFrom: state.step > 0 ? state.step + 1 : nil)
        weights = try WeightLog(
            restoringIn: run.path, epoch: state.epoch, batch: state.batch)
    }

    /// Notes an update.
    func step(_ state: TrainingState, learningRate: Double) throws(FileError) {
        guard state.step % Self.stepsBetweenEvents == 0, let loss = state.sums.meanLoss else {
            return
        }
        try events.scalars(
            [("step/loss", loss), ("step/learning_rate", learningRate)], step: state.step)
    }

    /// Notes the weights after an update inside of an epoch.
    func weights(_ digests: WeightDigests, at state: TrainingState) throws(FileError) {
        try weights.append(
            WeightLog.Row(
                epoch: state.epoch, batch: state.batch, step: state.step, digests: digests))
    }

    /// Notes an epoch and the weights at its end.
    func epoch(_ row: HistoryRow, _ digests: WeightDigests) throws(FileError) {
        try weights.append(
            WeightLog.Row(epoch: row.epoch, batch: 0, step: row.step, digests: digests))
        try history.append(row)
        let values: [(String, Double?)] = [
            ("loss/train", row.trainLoss), ("loss/validation", row.validationLoss),
            ("accuracy/train", row.trainAccuracy), ("accuracy/validation", row.validationAccuracy),
            ("learning_rate", row.learningRate), ("images_per_second", row.imagesPerSecond),
        ]
        for case (let tag, let value?) in values {
            try events.scalar(tag, value, step: row.step)
        }
    }

    /// Makes everything durable.
    func synchronize() throws(FileError) {
        try weights.synchronize()
        try events.synchronize()
    }
}

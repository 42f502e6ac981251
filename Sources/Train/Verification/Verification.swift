import Datasets
import Inference
import NN
import Support
import Synchronization

/// Trains a run again and compares the weights with what it recorded, bit for bit.
///
/// It stops after the last record, or at the first difference: what comes after that follows from it.
public final class Verification {
    /// The comparison with one record.
    public struct Comparison: Sendable {
        /// What was recorded.
        public let record: RecordedWeights.Record
        /// The hash of the weights now.
        public let sha256: String
        /// Where they differ; nil where all bits are the same.
        public let difference: WeightDifference?
    }

    /// What is compared, in order.
    public let records: [RecordedWeights.Record]
    /// What a reader should know.
    public let notes: [String]
    /// What was compared so far.
    public private(set) var comparisons: [Comparison] = []

    private let configuration: Configuration
    private let progress: (_ step: Int, _ count: Int) -> Void
    private var model: (any PredictionModel)?
    private var failure: (any Error)?
    private let isDone = StopFlag()

    /// Reads the records of a run.
    ///
    /// - Parameters:
    ///   - run: The folder of the run.
    ///   - configuration: Its configuration.
    ///   - stepLimit: Compares only the first steps; nil compares all.
    ///   - progress: Hears how many steps of how many are done.
    /// - Throws: An error where nothing was recorded that could be compared.
    public init(
        of run: RunDirectory, configuration: Configuration, stepLimit: Int?,
        progress: @escaping (_ step: Int, _ count: Int) -> Void = { _, _ in }
    ) throws {
        self.progress = progress
        let recorded = try RecordedWeights(
            folder: run.path, usesLookahead: configuration.optimizer.lookahead != nil)
        notes = recorded.notes
        records = recorded.records.filter { $0.moment.step <= stepLimit ?? .max }
        guard !records.isEmpty else {
            guard let first = recorded.records.first else {
                throw FileError(
                    path: run.path,
                    message:
                        "has recorded no weights: neither hashes in its history nor a checkpoint")
            }
            throw FileError(
                path: run.path,
                message: "has recorded no weights up to step \(stepLimit ?? 0); the first "
                    + "record is of step \(first.moment.step). Runs with checkpoint.hash_every_steps "
                    + "record more of them")
        }
        var configuration = configuration
        // Nothing of this changes the weights of a step.
        configuration.limits.timeLimit = nil
        configuration.evaluation.everyEpochs = .max
        configuration.evaluation.earlyStop = nil
        configuration.checkpoint = CheckpointConfiguration()
        configuration.checkpoint.everyEpochs = nil
        configuration.checkpoint.saveLast = false
        configuration.checkpoint.saveBest = false
        self.configuration = configuration
    }

    /// Trains again into `folder` until everything is compared.
    ///
    /// - Parameters:
    ///   - data: The data of the run.
    ///   - folder: A new folder.
    ///   - stopRequest: Asked after every update; a text gives up.
    /// - Returns: Whether everything was compared, up to the first difference.
    public func perform(
        on data: TrainingData, in folder: RunDirectory,
        stopRequest: @escaping @Sendable () -> String?
    ) throws -> Bool {
        let isDone = isDone
        let trainer = try Trainer(
            configuration, data: data, run: folder, commit: nil, listener: self,
            stopRequest: { isDone.isRaised ? "verified" : stopRequest() })
        model = trainer.model
        defer { model = nil }
        _ = try trainer.fit()
        if let failure { throw failure }
        return firstDifference != nil || comparisons.count == records.count
    }

    /// The first comparison that found a difference; of several records of the same weights, the one
    /// that knows most about where.
    public var firstDifference: Comparison? {
        guard let first = comparisons.first(where: { $0.difference != nil }) else { return nil }
        return comparisons.filter {
            $0.record.moment == first.record.moment && $0.record.sha256 == first.record.sha256
        }.max { $0.detail < $1.detail }
    }

    /// The last comparison before the first difference.
    public var lastAgreement: Comparison? {
        comparisons.prefix { $0.difference == nil }.last
    }

    private func compare(at isMoment: (RecordedWeights.Moment) -> Bool) {
        let due = records.filter { isMoment($0.moment) }
        guard !due.isEmpty, !isDone.isRaised, let model else { return }
        do {
            let digests = try WeightDigests(of: model)
            for record in due {
                let difference =
                    digests.sha256 == record.sha256
                    ? nil : try WeightDifference(record, digests, of: model)
                comparisons.append(
                    Comparison(record: record, sha256: digests.sha256, difference: difference))
            }
        } catch {
            failure = error
        }
        if failure != nil || firstDifference != nil || comparisons.count == records.count {
            isDone.raise()
        }
    }
}

extension Verification: TrainingListener {
    /// Nothing to compare yet.
    public func trainingStarted(_ plan: TrainingPlan) {}

    /// Compares the weights where this step was recorded.
    public func stepEnded(_ step: StepProgress) {
        progress(step.step, records.last?.moment.step ?? step.step)
        compare { !$0.isEpochEnd && $0.step == step.step }
    }

    /// Nothing to compare.
    public func evaluating(_ part: Split, done: Int, of count: Int) {}

    /// Compares the weights where this epoch was recorded.
    public func epochEnded(_ row: HistoryRow, isBest: Bool) {
        compare { $0.isEpochEnd && $0.epoch == row.epoch && $0.step == row.step }
    }

    /// Nothing to compare.
    public func note(_ text: String) {}
}

/// A request to stop that any thread can see.
private final class StopFlag: Sendable {
    private let value = Atomic<Bool>(false)

    var isRaised: Bool { value.load(ordering: .relaxed) }

    func raise() { value.store(true, ordering: .relaxed) }
}

extension Verification.Comparison {
    /// How much is known about where the weights differ.
    fileprivate var detail: Int {
        guard let difference, !difference.keys.isEmpty else { return 0 }
        return difference.largestInFirst == nil ? 1 : 2
    }

    /// The comparison for programs.
    public var json: JSONValue {
        [
            "source": .string(record.source), "epoch": .integer(record.moment.epoch),
            "step": .integer(record.moment.step), "epoch_end": .bool(record.moment.isEpochEnd),
            "recorded": .string(record.sha256), "now": .string(sha256),
            "same": .bool(difference == nil), "difference": difference?.json ?? .null,
        ]
    }
}

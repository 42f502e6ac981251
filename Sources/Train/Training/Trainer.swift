import Datasets
import Inference
import NN
import Support
import Tensor

/// Trains one model by one configuration, and can stop and go on at any update.
///
/// Everything that decides the result follows from the configuration: a run that was stopped, killed
/// or moved to another number of threads ends in the same weights, bit for bit.
public final class Trainer {
    /// What to do.
    public let configuration: Configuration
    /// What to learn from.
    public let data: TrainingData
    /// What is trained.
    public let model: any PredictionModel
    /// Where the run stands.
    public private(set) var state: TrainingState
    /// Where the run writes.
    public let run: RunDirectory

    private let buffers: TrainingBuffers
    private var accumulator = GradientAccumulator()
    private let tasks: LearningTasks
    /// The batches of an epoch.
    private let batchCount: Int
    private let schedule: Schedule
    private let parameters: TrainedParameters
    private let stepsPerEpoch: Int
    private let firstWeights: LoadedTrunk?
    private let recomputedStages: Set<String>
    private let checkpoints: CheckpointWriter
    private let log: RunLog
    private weak var listener: (any TrainingListener)?
    private let stopRequest: @Sendable () -> String?
    private let clock = Stopwatch()
    /// The time of training when the state was saved last.
    private var savedSeconds: Double

    /// Prepares a run.
    ///
    /// - Parameters:
    ///   - configuration: What to do.
    ///   - data: Its data.
    ///   - run: The folder; a run with a checkpoint goes on from it.
    ///   - commit: The commit of the source tree, for the model files.
    ///   - listener: Hears what happens.
    ///   - stopRequest: Asked after every update; a text stops the run in good order and says why.
    public init(
        _ configuration: Configuration, data: TrainingData, run: RunDirectory, commit: String?,
        listener: (any TrainingListener)?, stopRequest: @escaping @Sendable () -> String?
    ) throws {
        self.configuration = configuration
        self.data = data
        self.run = run
        self.listener = listener
        self.stopRequest = stopRequest
        model = try configuration.makeModel(for: data.targets)
        recomputedStages = configuration.recomputedStages(of: model)
        tasks = try LearningTasks(configuration.loss, data)
        batchCount = data.trainingLoader(configuration).batchCount
        stepsPerEpoch = configuration.updatesPerEpoch(batchCount: batchCount)
        buffers = TrainingBuffers(configuration, of: model, stepsPerEpoch: stepsPerEpoch)
        schedule = configuration.learningRateSchedule(stepsPerEpoch: stepsPerEpoch)
        checkpoints = try CheckpointWriter(configuration, data: data, run: run, commit: commit)
        parameters = TrainedParameters(configuration, of: model, stepsPerEpoch: stepsPerEpoch)
        if let restored = try checkpoints.restore(into: model, buffers) {
            state = restored
            firstWeights = nil
        } else {
            state = TrainingState()
            firstWeights = try configuration.loadFirstWeights(of: model, data)
            buffers.restartAverages()
        }
        savedSeconds = state.seconds
        log = try RunLog(run, resuming: state)
    }

    /// The updates of the whole run; nil where only time ends it.
    public var totalSteps: Int? { configuration.totalSteps(stepsPerEpoch: stepsPerEpoch) }

    /// Trains until the configured end, or until asked to stop.
    ///
    /// - Returns: Whether the run is complete; if not, it can be resumed.
    /// - Throws: `TrainingError`, `DatasetError` or an error of a file. Checkpoints written before
    ///   stay as they are.
    public func fit() throws -> Bool {
        listener?.trainingStarted(plan)
        _ = clock.lap()
        var isInterrupted = false
        while state.ending == nil, !isInterrupted {
            isInterrupted = try trainEpoch()
        }
        try log.synchronize()
        return !isInterrupted
    }

    // MARK: One epoch

    /// The rest of the epoch under way; returns whether a request interrupted it.
    private func trainEpoch() throws -> Bool {
        let loader = data.trainingLoader(configuration, size: imageSize(inEpoch: state.epoch))
        let batches = loader.batches(epoch: state.epoch, startingAt: state.batch)
        defer { batches.cancel() }
        while let batch = try batches.next() {
            for failure in batch.failures { listener?.note("left out: \(failure)") }
            if batch.count > 0 { try learn(from: batch) }
            state.batch = batch.number + 1
            batches.recycle(batch)
            guard endsUpdate else { continue }
            update()
            let seconds = clock.lap()
            state.sums.seconds += seconds
            state.seconds += seconds
            try log.step(state, learningRate: rate(at: state.step - 1))
            if let interval = configuration.checkpoint.hashEverySteps, state.step % interval == 0 {
                try log.weights(try WeightDigests(of: model), at: state)
            }
            reportStep()
            if let ending = endingInsideEpoch {
                try endEpoch(because: ending)
                return false
            }
            if let reason = stopRequest() {
                try writeLast()
                listener?.note("stopped at step \(state.step): \(reason)")
                return true
            }
            if isCheckpointDue { try writeLast() }
        }
        try endEpoch()
        return false
    }

    /// Height and width of the training images in an epoch, from 0.
    private func imageSize(inEpoch epoch: Int) -> Int {
        configuration.trainingSize(epoch: epoch, stepsPerEpoch: stepsPerEpoch)
    }

    /// Whether the batches so far complete an update: enough of them, or the last of the epoch.
    private var endsUpdate: Bool {
        state.batch % configuration.accumulate == 0 || state.batch >= batchCount
    }

    /// The gradients of one batch, for the update under way.
    private func learn(from batch: Batch) throws {
        let images = Tensor(batch.images, shape: Shape(batch.shape))
            .converted(to: configuration.precision.elementType)
        let part = batch.number % configuration.accumulate
        let randomness = Randomness(
            seed: configuration.seed, step: state.step * configuration.accumulate + part)
        let trained = parameters(at: state.step)
        var logits: [Tensor] = []
        let (value, gradients) = valueWithGradients(of: trained) {
            let outputs = model.outputs(
                images, .training(randomness), recomputing: recomputedStages)
            logits = outputs.map { $0.detached() }
            return tasks.loss(outputs, batch)
        }
        let lossValue = value.scalar()
        if configuration.limits.stopOnNaN, !lossValue.isFinite {
            throw TrainingError.notFinite(
                loss: lossValue, epoch: state.epoch, step: state.step,
                learningRate: rate(at: state.step))
        }
        accumulator.add(gradients, of: trained, weight: tasks.weight(of: batch))
        state.peakMemory = max(state.peakMemory, images.backend.memoryStatistics.peak)
        state.sums.loss += Double(lossValue) * Double(batch.count)
        state.sums.count += batch.count
        state.sums.add(tasks.hits(logits, batch))
    }

    /// One update of the weights by the gradients so far; none where no image could be read.
    private func update() {
        guard let gradients = accumulator.take() else { return }
        let rate = rate(at: state.step)
        buffers.optimizer.step(
            gradients, learningRate: Float(rate),
            factors: parameters.learningRateFactors(
                at: state.step, rate: rate, highest: schedule.baseLearningRate))
        state.step += 1
        buffers.update(afterStep: state.step, of: totalSteps)
    }

    private func rate(at step: Int) -> Double { schedule.learningRate(step: max(step, 0)) }

    /// How a run ends that the clock ended.
    static let timeLimitEnding = "time limit reached"

    /// Why the run ends before the epoch does; nil while it goes on.
    private var endingInsideEpoch: String? {
        if let limit = configuration.limits.timeLimit, state.seconds >= limit.inSeconds {
            return Self.timeLimitEnding
        }
        if let limit = totalSteps, state.step >= limit, state.batch < batchCount {
            return "max_steps reached"
        }
        return nil
    }

    /// Measures, judges, records and saves.
    private func endEpoch(because ending: String? = nil) throws {
        state.epoch += 1
        state.batch = 0
        let isLast = ending != nil || isComplete
        if isLast { buffers.lookahead?.finish() }
        let digests = try WeightDigests(of: model)
        var row = try measure(isLast: isLast)
        row.weightsHash = digests.sha256
        let isBest = try judge(row)
        state.history.append(row)
        state.sums = EpochSums()
        state.ending = ending ?? naturalEnding
        try log.epoch(row, digests)
        listener?.epochEnded(row, isBest: isBest)
        let interval = configuration.checkpoint.everyEpochs
        if state.ending != nil || interval.map({ state.epoch % $0 == 0 }) ?? false {
            try writeLast()
        }
    }

    /// Whether the state is to be saved within the epoch.
    private var isCheckpointDue: Bool {
        let checkpoint = configuration.checkpoint
        if let interval = checkpoint.everySteps, state.step % interval == 0 { return true }
        guard let interval = checkpoint.everyTime else { return false }
        return state.seconds - savedSeconds >= interval.inSeconds
    }

    private func writeLast() throws {
        try checkpoints.writeLast(model, buffers, state)
        savedSeconds = state.seconds
    }

    private var isComplete: Bool {
        configuration.epochs.map { state.epoch >= $0 } ?? false
            || totalSteps.map { state.step >= $0 } ?? false
    }

    private var naturalEnding: String? {
        if isComplete { return "complete" }
        if let stop = configuration.evaluation.earlyStop,
            state.validationsWithoutImprovement >= stop.patience
        {
            return "no improvement in \(stop.patience) validations"
        }
        return nil
    }

    // MARK: Measuring

    private func measure(isLast: Bool) throws -> HistoryRow {
        var row = HistoryRow(
            epoch: state.epoch, step: state.step, trainLoss: state.sums.meanLoss,
            trainAccuracy: state.sums.accuracy, learningRate: rate(at: state.step - 1),
            imagesPerSecond: state.sums.imagesPerSecond)
        if configuration.augmentation.progressiveResizing != nil {
            row.extras.append(("image_size", Double(imageSize(inEpoch: state.epoch - 1))))
        }
        let isDue = state.epoch % configuration.evaluation.everyEpochs == 0
        if let validation = data.validation, isDue || isLast {
            let weights = configuration.measuredWeights
            for (prefix, figures) in try measure(validation, weights) {
                row.add(figures, "\(prefix)validation_")
            }
            if configuration.ema != nil {
                let other: ModelWeights = weights == .ema ? .raw : .ema
                for (prefix, figures) in try measure(validation, other) {
                    row.extras += [
                        ("\(other.rawValue)_\(prefix)validation_loss", figures.loss),
                        ("\(other.rawValue)_\(prefix)validation_accuracy", figures.accuracy),
                    ]
                }
            }
        }
        state.seconds += clock.lap()
        row.seconds = state.seconds
        return row
    }

    /// Keeps the model if it is the best so far.
    private func judge(_ row: HistoryRow) throws -> Bool {
        let metric = configuration.judgingMetric
        guard let value = metric.value(in: row) else { return false }
        let minDelta = configuration.evaluation.earlyStop?.minDelta ?? 0
        let improves = state.best.map { metric.isBetter(value, than: $0.value, minDelta: minDelta) }
        state.validationsWithoutImprovement =
            improves ?? true ? 0 : state.validationsWithoutImprovement + 1
        if let best = state.best, !metric.isBetter(value, than: best.value) { return false }
        state.best = TrainingState.Best(value: value, epoch: state.epoch, step: state.step)
        if configuration.checkpoint.saveBest {
            try with(configuration.measuredWeights) { try checkpoints.writeBest(model, row) }
        }
        return true
    }

    /// Runs `body` while the model has these weights.
    private func with<Result>(
        _ weights: ModelWeights, _ body: () throws -> Result
    ) rethrows -> Result {
        guard weights == .ema, let average = buffers.average else { return try body() }
        return try average.whileAssigned(body)
    }

    private func measure(
        _ validation: any Dataset, _ weights: ModelWeights
    ) throws -> [(prefix: String, figures: TaskMeasurement)] {
        let predictor = DatasetPredictor(
            batchSize: configuration.evaluationBatchSize,
            workers: configuration.loaderWorkers, preprocessing: data.preprocessing)
        return try with(weights) {
            try tasks.measure(model, on: validation, by: predictor) { [listener] done in
                listener?.evaluating(.validation, done: done, of: validation.count)
            }
        }
    }

    // MARK: Reporting

    private func reportStep() {
        listener?.stepEnded(
            StepProgress(
                epoch: state.epoch, batch: state.batch, batchCount: batchCount,
                step: state.step, loss: state.sums.meanLoss, accuracy: state.sums.accuracy,
                learningRate: rate(at: state.step - 1),
                imagesPerSecond: state.sums.imagesPerSecond, peakMemory: state.peakMemory))
    }

    private var plan: TrainingPlan {
        TrainingPlan(
            model: configuration.model.name, parameterCount: model.parameterCount,
            trainedCount: parameters.count(at: state.step), firstWeights: firstWeights,
            data: data.title,
            trainCount: data.train.count, validationCount: data.validation?.count,
            testCount: data.test?.count, epochCount: configuration.epochs, stepCount: totalSteps,
            stepsPerEpoch: stepsPerEpoch, firstStep: state.step,
            device: CPUBackend.shared.name, folder: run.path)
    }
}

extension HistoryRow {
    /// Adds the figures of a task, under names that begin with `prefix`; those of the main task have
    /// columns of their own.
    fileprivate mutating func add(_ figures: TaskMeasurement, _ prefix: String) {
        if prefix == "validation_" {
            (validationLoss, validationAccuracy) = (figures.loss, figures.accuracy)
        } else {
            extras += [(prefix + "loss", figures.loss), (prefix + "accuracy", figures.accuracy)]
        }
        extras += figures.further.map { (prefix + $0.name, $0.value) }
    }
}

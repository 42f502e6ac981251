/// The learning rate of every step: a pure function of the step's number.
///
/// Resuming needs no state: the step decides. Steps count from 0; step 0 is the first update.
/// The curves are those of `torch.optim.lr_scheduler`, set before every step, not every epoch.
public struct Schedule: Sendable, Equatable {
    private let curve: ScheduleCurve
    private let warmup: ScheduleWarmup?
    /// The learning rate that the curve scales; the highest one.
    public let baseLearningRate: Double

    /// Creates a schedule.
    ///
    /// - Parameters:
    ///   - configuration: the curve.
    ///   - learningRate: the learning rate that the curve scales; the highest one.
    ///   - totalSteps: updates in the whole run; nil if only a time limit ends it, which
    ///     `constant`, `step` and `multi_step` allow.
    ///   - stepsPerEpoch: updates in one pass over the training images.
    public init(
        _ configuration: ScheduleConfiguration, learningRate: Double, totalSteps: Int?,
        stepsPerEpoch: Int
    ) {
        guard stepsPerEpoch > 0, totalSteps ?? 1 > 0 else {
            fatalError(
                "Schedule: totalSteps \(totalSteps.map(String.init) ?? "nil") and "
                    + "stepsPerEpoch \(stepsPerEpoch) must be greater than 0")
        }
        baseLearningRate = learningRate
        let length = configuration.warmup?.steps(stepsPerEpoch: stepsPerEpoch) ?? 0
        warmup =
            length > 0
            ? ScheduleWarmup(steps: length, startFactor: configuration.warmupStartFactor) : nil
        curve = ScheduleCurve(
            configuration, learningRate: learningRate, totalSteps: totalSteps,
            warmupSteps: length, stepsPerEpoch: stepsPerEpoch)
    }

    /// The learning rate of update `step`, counted from 0.
    ///
    /// After the last step it stays where the curve ends.
    public func learningRate(step: Int) -> Double {
        guard step >= 0 else { fatalError("Schedule: step \(step) is negative") }
        let rate = curve.learningRate(step: step)
        guard let warmup, step < warmup.steps else { return rate }
        return rate * warmup.factor(step: step)
    }
}

/// A linear rise: from `startFactor` at step 0 to 1 at step `steps`.
struct ScheduleWarmup: Sendable, Equatable {
    let steps: Int
    let startFactor: Double

    func factor(step: Int) -> Double {
        startFactor + (1 - startFactor) * Double(step) / Double(steps)
    }
}

extension Configuration {
    /// Updates in the whole run: what `epochs` and `maxSteps` allow; nil if neither is set.
    public func totalSteps(stepsPerEpoch: Int) -> Int? {
        let limits = [
            epochs.map { $0.multipliedReportingOverflow(by: stepsPerEpoch) }
                .map { $0.overflow ? Int.max : $0.partialValue }, maxSteps,
        ]
        return limits.compactMap(\.self).min()
    }

    /// The learning rate of every step of this run.
    public func learningRateSchedule(stepsPerEpoch: Int) -> Schedule {
        Schedule(
            schedule, learningRate: optimizer.learningRate,
            totalSteps: totalSteps(stepsPerEpoch: stepsPerEpoch), stepsPerEpoch: stepsPerEpoch)
    }
}

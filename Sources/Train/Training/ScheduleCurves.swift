import Glibc

/// The learning rate over the run, without warm-up.
enum ScheduleCurve: Sendable, Equatable {
    /// η everywhere.
    case constant(Double)
    /// η · γ^⌊t / size⌋
    case step(Double, size: Int, gamma: Double)
    /// η · γ^(milestones ≤ t)
    case multiStep(Double, milestones: [Int], gamma: Double)
    /// η_min + (η − η_min) (1 + cos πt/T) / 2, over the `steps` after `start`
    case cosine(Double, minimum: Double, start: Int, steps: Int)
    /// η_min + (η − η_min) (1 − t/T)^power, over the `steps` after `start`
    case polynomial(Double, minimum: Double, power: Double, start: Int, steps: Int)
    case oneCycle(OneCycle)

    init(
        _ configuration: ScheduleConfiguration, learningRate: Double, totalSteps: Int?,
        warmupSteps: Int, stepsPerEpoch: Int
    ) {
        func length(_ curve: String) -> Int {
            guard let totalSteps else {
                fatalError("Schedule: '\(curve)' needs the number of steps in the run")
            }
            return max(1, totalSteps - warmupSteps)
        }
        switch configuration.name {
        case .constant: self = .constant(learningRate)
        case .step:
            let size = configuration.stepSize.steps(stepsPerEpoch: stepsPerEpoch)
            self = .step(learningRate, size: max(1, size), gamma: configuration.gamma)
        case .multiStep:
            let milestones = configuration.milestones.map { $0.steps(stepsPerEpoch: stepsPerEpoch) }
            self = .multiStep(learningRate, milestones: milestones, gamma: configuration.gamma)
        case .cosine:
            self = .cosine(
                learningRate, minimum: configuration.minLearningRate, start: warmupSteps,
                steps: length("cosine"))
        case .polynomial:
            self = .polynomial(
                learningRate, minimum: configuration.minLearningRate, power: configuration.power,
                start: warmupSteps, steps: length("polynomial"))
        case .oneCycle:
            self = .oneCycle(
                OneCycle(configuration, peak: learningRate, totalSteps: length("one_cycle")))
        }
    }

    func learningRate(step: Int) -> Double {
        switch self {
        case .constant(let rate): return rate
        case .step(let rate, let size, let gamma): return rate * pow(gamma, Double(step / size))
        case .multiStep(let rate, let milestones, let gamma):
            return rate * pow(gamma, Double(milestones.count { $0 <= step }))
        case .cosine(let rate, let minimum, let start, let steps):
            let t = Self.progress(step, start, steps)
            return minimum + (rate - minimum) * (1 + cos(.pi * t)) / 2
        case .polynomial(let rate, let minimum, let power, let start, let steps):
            let t = Self.progress(step, start, steps)
            return minimum + (rate - minimum) * pow(1 - t, power)
        case .oneCycle(let cycle): return cycle.learningRate(step: step)
        }
    }

    /// From 0 at `start` to 1 after `steps` steps, and no further.
    private static func progress(_ step: Int, _ start: Int, _ steps: Int) -> Double {
        Double(min(max(0, step - start), steps)) / Double(steps)
    }
}

/// One rise and one fall (Smith and Topin, "Super-Convergence", 2017), as PyTorch's `OneCycleLR`
/// with two phases.
///
/// The rise ends at step `pct_start` · T − 1, which may lie between two steps, the fall at T − 1.
struct OneCycle: Sendable, Equatable {
    private let first, peak, last: Double
    private let top, end: Double
    private let anneal: ScheduleConfiguration.Anneal

    init(_ configuration: ScheduleConfiguration, peak: Double, totalSteps: Int) {
        self.peak = peak
        first = peak / configuration.divFactor
        last = first / configuration.finalDivFactor
        end = Double(totalSteps - 1)
        // In a run of a few steps the rise would end before it starts.
        top = max(0, configuration.pctStart * Double(totalSteps) - 1)
        anneal = configuration.anneal
    }

    func learningRate(step: Int) -> Double {
        let step = min(Double(step), end)
        if step <= top {
            return top == 0 ? peak : interpolated(first, peak, step / top)
        }
        return interpolated(peak, last, (step - top) / (end - top))
    }

    private func interpolated(_ from: Double, _ to: Double, _ part: Double) -> Double {
        switch anneal {
        case .cosine: to + (from - to) / 2 * (1 + cos(.pi * part))
        case .linear: from + (to - from) * part
        }
    }
}

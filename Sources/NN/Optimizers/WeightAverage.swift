import Glibc
import Tensor

/// An exponential moving average of a model's values beside the model itself (Polyak & Juditsky 1992; as
/// timm's ModelEmaV3 and torchvision's training reference):
///
///     after every `every`-th step s > `start`, with n the steps since the first such one:
///         average ← d · average + (1 − d) · values
///         d = min(decay, 1 − (1 + n)^−warmupPower), or decay without a warm-up; 0 at the first
///     until then: average ← values
///
/// Trained parameters and running statistics are averaged. Training does not see the average: it is
/// for measuring, and to be saved.
public final class WeightAverage {
    /// What the names of the state start with.
    public static let statePrefix = "ema."

    /// Steps from one update to the next.
    public let every: Int
    /// The share of the average that an update keeps.
    public let decay: Double
    /// The exponent with which that share rises from 0; nil for no rise.
    public let warmupPower: Double?
    /// The steps until which the average is the model itself.
    public let start: Int

    private let average: AveragedValues

    /// Starts an average at the values of `model`.
    public init(
        _ model: some Module, every: Int = 1, decay: Double, warmupPower: Double? = nil,
        start: Int = 0
    ) {
        guard every > 0, (0..<1).contains(decay), warmupPower ?? 1 > 0, start >= 0 else {
            fatalError(
                "WeightAverage: every \(every) steps from \(start), decay \(decay), warm-up power "
                    + "\(warmupPower ?? 0); the first must be positive, the decay in [0, 1), the power "
                    + "positive")
        }
        self.every = every
        self.decay = decay
        self.warmupPower = warmupPower
        self.start = start
        average = AveragedValues(of: model)
    }

    /// Starts the average anew at the model's values.
    public func restart() { average.restart() }

    /// Does what is due after update number `step`, from 1.
    public func update(afterStep step: Int) {
        guard step > start else { return restart() }
        if step % every == 0 { average.mix(keeping: share(afterStep: step)) }
    }

    /// d, the share of the average that is kept after update number `step`, from 1.
    public func share(afterStep step: Int) -> Double {
        let first = (start / every + 1) * every
        guard step > first else { return 0 }
        guard let warmupPower else { return decay }
        return min(decay, 1 - pow(1 + Double(step - first), -warmupPower))
    }

    /// Runs `body` while the model is set to the average.
    public func whileAssigned<Result>(_ body: () throws -> Result) rethrows -> Result {
        try average.whileAssigned(body)
    }

    /// The average as entries of a checkpoint, in the layouts of weight files: `ema.<key>`.
    public func state() -> [(key: String, entry: StateEntry)] {
        average.entries(prefix: Self.statePrefix)
    }

    /// Replaces the average. Nothing changes unless everything fits.
    ///
    /// - Throws: `OptimizerStateError` naming every entry that is missing, unknown or misshaped.
    public func load(state: [(key: String, entry: StateEntry)]) throws {
        try average.load(state, prefix: Self.statePrefix)
    }
}

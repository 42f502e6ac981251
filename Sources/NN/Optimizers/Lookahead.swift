import Glibc
import Tensor

/// A moving average of a model's values that the model itself is set to every few steps (Zhang et
/// al., "Lookahead optimizer: k steps forward, 1 step back", 2019), with the growing decay of airbench
/// (Jordan 2024):
///
///     after every `every`-th step s of T:    d = decayᵉᵛᵉʳʸ · (s / T)ᵖᵒʷᵉʳ
///     average ← d · average + (1 − d) · values,   values ← average
///     at the end of the run:                 values ← average
///
/// Trained parameters and running statistics are averaged; the optimiser's directions stay.
public final class Lookahead {
    /// What the names of the state start with.
    public static let statePrefix = "lookahead."

    /// Steps from one update to the next.
    public let every: Int
    /// The share of the average that is kept at the end of the run, for each step.
    public let decay: Double
    /// The exponent with which that share grows over the run.
    public let power: Double

    private let average: AveragedValues

    /// Starts an average at the values of `model`.
    public init(_ model: some Module, every: Int, decay: Double, power: Double) {
        guard every > 0, (0..<1).contains(decay), power >= 0 else {
            fatalError(
                "Lookahead: every \(every) steps, decay \(decay), power \(power); the first must be "
                    + "positive, the second in [0, 1), the third not negative")
        }
        self.every = every
        self.decay = decay
        self.power = power
        average = AveragedValues(of: model)
    }

    /// Starts the average anew at the model's values.
    public func restart() { average.restart() }

    /// Does what is due after update number `step`, from 1, of `total`; a run of unknown length needs
    /// the power 0.
    public func update(afterStep step: Int, of total: Int?) {
        guard step % every == 0 else { return }
        let done = power == 0 ? 1 : min(1, Double(step) / Double(total ?? step))
        average.mix(keeping: pow(decay, Double(every)) * pow(done, power))
        finish()
    }

    /// Sets the model to the average.
    public func finish() { average.assign() }

    /// The average as entries of a checkpoint: `lookahead.<key>`.
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

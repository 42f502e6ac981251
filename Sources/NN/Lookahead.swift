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

    private let parameters: [(key: String, parameter: Parameter)]
    private let statistics: [(key: String, statistic: Statistic)]
    private var averages: [Tensor] = []

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
        parameters = model.namedParameters
        statistics = model.namedStatistics
        restart()
    }

    private var keys: [String] { parameters.map(\.key) + statistics.map(\.key) }
    private var values: [Tensor] {
        parameters.map(\.parameter.value) + statistics.map(\.statistic.value)
    }

    /// Starts the average anew at the model's values.
    public func restart() { averages = values }

    /// Does what is due after update number `step`, from 1, of `total`; a run of unknown length needs
    /// the power 0.
    public func update(afterStep step: Int, of total: Int?) {
        guard step % every == 0 else { return }
        let done = power == 0 ? 1 : min(1, Double(step) / Double(total ?? step))
        let share = pow(decay, Double(every)) * pow(done, power)
        for (place, value) in values.enumerated() {
            averages[place].formWeightedSum(Float(share), value, Float(1 - share))
        }
        finish()
    }

    /// Sets the model to the average.
    public func finish() {
        for (place, named) in parameters.enumerated() { named.parameter.value = averages[place] }
        for (place, named) in statistics.enumerated() {
            named.statistic.value = averages[parameters.count + place]
        }
    }

    /// The average as named tensors: `lookahead.<key>`.
    public func state() -> [(name: String, tensor: Tensor)] {
        zip(keys, averages).map { (Self.statePrefix + $0, $1) }
    }

    /// Replaces the average. Nothing changes unless everything fits.
    ///
    /// - Throws: `OptimizerStateError` naming every tensor that is missing, unknown or misshaped.
    public func load(state: [(name: String, tensor: Tensor)]) throws(OptimizerStateError) {
        var loaded = Dictionary(state.map { ($0.name, $0.tensor) }) { first, _ in first }
        var problems: [String] = []
        var next = averages
        for (place, key) in keys.enumerated() {
            guard let tensor = loaded.removeValue(forKey: Self.statePrefix + key) else {
                problems.append("'\(Self.statePrefix)\(key)' is missing")
                continue
            }
            if tensor.shape == next[place].shape {
                next[place] = tensor
            } else {
                problems.append(
                    "'\(Self.statePrefix)\(key)' expects \(next[place].shape), found \(tensor.shape)"
                )
            }
        }
        problems += loaded.keys.sorted().map { "'\($0)' is unknown" }
        guard problems.isEmpty else { throw OptimizerStateError(problems: problems) }
        averages = next
    }
}

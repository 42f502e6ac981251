import Inference

/// An exponential moving average of the weights beside those that are trained.
public struct AverageConfiguration: Sendable, Equatable {
    /// The share of the average that an update keeps.
    public var decay = 0.999
    /// Steps from one update to the next.
    public var every = 1
    /// The exponent with which the share rises from 0 at first; nil for no rise.
    public var warmupPower: Double?
    /// How long the average is the model itself; nil for not at all.
    public var start: TrainingLength?

    /// The defaults.
    public init() {}
}

extension ModelWeights: ConfigurationChoice {}

extension AverageConfiguration: ConfigurationSection {
    package static let fields: [Field<AverageConfiguration>] = [
        .value(
            "decay", \.decay, rule: .from(0, below: 1),
            "The share of the average that an update keeps. The first update takes the weights as they "
                + "are."
        ).known(as: "model_ema_decay", "ema_decay"),
        .value("every", \.every, rule: .atLeast(1), "From one update of the average to the next.")
            .counted(in: "steps").known(as: "model_ema_steps", "update_every"),
        .optional(
            "warmup_power", \.warmupPower, rule: .positive,
            "The share is at most 1 − (1 + n)^−`warmup_power` after n steps, as timm's "
                + "`model_ema_warmup` has it with 2/3; null for no rise."
        ).known(as: "power", "ema_warmup"),
        .optional(
            "start", \.start, rule: .positiveLength,
            "How long the average is the model itself; null for not at all."
        ).known(as: "update_after_step", "warmup"),
    ]
}

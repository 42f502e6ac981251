/// How the learning rate changes over the run.
public struct ScheduleConfiguration: Sendable, Equatable {
    /// The curves.
    public enum Name: String, Sendable, CaseIterable {
        /// The same all the time.
        case constant
        /// Times `gamma` after every `step_size`.
        case step
        /// Times `gamma` at each of `milestones`.
        case multiStep = "multi_step"
        /// Down half a cosine to `min_learning_rate`.
        case cosine
        /// Up and down once (Smith and Topin, 2017).
        case oneCycle = "one_cycle"
        /// Down as (1 − t)^`power` to `min_learning_rate`.
        case polynomial
    }

    /// The form of one-cycle's two ramps.
    public enum Anneal: String, Sendable, CaseIterable {
        /// Half a cosine.
        case cosine
        /// A straight line.
        case linear
    }

    /// The curve.
    public var name = Name.cosine
    /// `step`: how long each plateau is.
    public var stepSize = TrainingLength.epochs(30)
    /// `multi_step`: where the learning rate drops.
    public var milestones: [TrainingLength] = []
    /// `step`, `multi_step`: what it is multiplied by.
    public var gamma = 0.1
    /// `cosine`, `polynomial`: where it ends.
    public var minLearningRate = 0.0
    /// `polynomial`: the exponent.
    public var power = 1.0
    /// `one_cycle`: the part of training that goes up.
    public var pctStart = 0.3
    /// `one_cycle`: highest over first learning rate.
    public var divFactor = 25.0
    /// `one_cycle`: first over last learning rate.
    public var finalDivFactor = 1e4
    /// `one_cycle`: the form of the ramps.
    public var anneal = Anneal.cosine
    /// Length of a linear rise at the start; nil or 0 for none.
    public var warmup: TrainingLength?
    /// The share of the learning rate with which the rise begins.
    public var warmupStartFactor = 0.01

    /// The defaults of `cosine`.
    public init() {}

    /// The defaults of the curve `name`.
    public init(name: Name) { self.name = name }
}

extension ScheduleConfiguration.Name: ConfigurationChoice {}
extension ScheduleConfiguration.Anneal: ConfigurationChoice {}

extension ScheduleConfiguration: ConfigurationSection {
    package static var variants: [Self] { Name.allCases.map { Self(name: $0) } }
    package var variant: String? { name.rawValue }

    // `cosine` is the default, but `allCases` lists `constant` first: see `init()`.
    package static let fields: [Field<ScheduleConfiguration>] = [
        .value(
            "name", \.name,
            "The curve: `constant`; `step` and `multi_step` multiply by `gamma` now and then; "
                + "`cosine` and `polynomial` fall smoothly until the end; `one_cycle` rises and "
                + "falls once."
        ).known(as: "type", "sched"),
        .value(
            "step_size", \.stepSize, rule: .positiveLength,
            "The learning rate is multiplied by `gamma` each time this has passed."
        ).used(by: Name.step).known(as: "decay_epochs"),
        .value(
            "milestones", \.milestones, rule: .ascendingLengths,
            "The learning rate is multiplied by `gamma` at each of these moments; at least one."
        ).used(by: Name.multiStep).known(as: "decay_milestones"),
        .value(
            "gamma", \.gamma, rule: .above(0, upTo: 1), "What the learning rate is multiplied by."
        )
        .used(by: Name.step, .multiStep).known(as: "decay_rate"),
        .value(
            "min_learning_rate", \.minLearningRate, rule: .atLeast(0),
            "The learning rate at the end."
        ).used(by: Name.cosine, .polynomial).known(as: "min_lr", "eta_min", "lr_min"),
        .value("power", \.power, rule: .positive, "The exponent; 1 is a straight line.")
            .used(by: Name.polynomial),
        .value(
            "pct_start", \.pctStart, rule: .between(exclusive: 0, 1),
            "The part of training in which the learning rate rises, as a fraction."
        ).used(by: Name.oneCycle),
        .value(
            "div_factor", \.divFactor, rule: .positive,
            "The first learning rate is the highest divided by this."
        ).used(by: Name.oneCycle),
        .value(
            "final_div_factor", \.finalDivFactor, rule: .positive,
            "The last learning rate is the first divided by this."
        ).used(by: Name.oneCycle),
        .value("anneal", \.anneal, "The form of the two ramps.").used(by: Name.oneCycle)
            .known(as: "anneal_strategy"),
        .optional(
            "warmup", \.warmup, rule: .anyLength,
            "Length of a linear rise at the start; null or 0 for none. `cosine` and `polynomial` then "
                + "fall over the rest of training; `step_size` and `milestones` always count from "
                + "the start."
        ).used(by: Name.constant, .step, .multiStep, .cosine, .polynomial)
            .known(as: "warmup_epochs", "warmup_steps", "warm_up"),
        .value(
            "warmup_start_factor", \.warmupStartFactor, rule: .above(0, upTo: 1),
            "The share of the learning rate with which the rise begins."
        ).used(by: Name.constant, .step, .multiStep, .cosine, .polynomial)
            .known(as: "start_factor", "warmup_lr"),
    ]
}

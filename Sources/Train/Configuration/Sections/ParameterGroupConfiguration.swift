/// Parameters with a learning rate or weight decay of their own.
public struct ParameterGroupConfiguration: Sendable, Equatable {
    /// The parameters.
    public var match = ParameterPatterns()
    /// Their learning rate where the schedule is highest; nil for that of the optimizer.
    public var learningRate: Double?
    /// A factor on the learning rate that they would have.
    public var learningRateFactor: Double?
    /// How strongly they are pulled to 0; nil for as strongly as they would be.
    public var weightDecay: Double?

    /// The defaults: nothing is different.
    public init() {}
}

extension ParameterGroupConfiguration: ConfigurationSection {
    package static let fields: [Field<Self>] = [
        .value("match", \.match, "The parameters.").required().known(
            as: "params", "pattern", "keys"),
        .optional(
            "learning_rate", \.learningRate, rule: .positive,
            "Their learning rate, which the schedule scales as it does the optimizer's; null leaves it."
        ).known(as: "lr"),
        .optional(
            "learning_rate_factor", \.learningRateFactor, rule: .positive,
            "A factor on their learning rate; null is 1."
        ).known(as: "lr_mult", "lr_factor"),
        .optional(
            "weight_decay", \.weightDecay, rule: .atLeast(0),
            "How strongly they are pulled to 0; null leaves it."
        ).known(as: "wd"),
    ]
}

/// What moves the parameters that Muon leaves to another rule.
public struct OtherParametersConfiguration: Sendable, Equatable {
    /// The update rules.
    public enum Name: String, Sendable, CaseIterable {
        /// Adam with decoupled weight decay.
        case adamw
        /// Stochastic gradient descent with momentum.
        case sgd
    }

    /// The update rule.
    public var name = Name.adamw
    /// The learning rate, which the schedule scales as it does the optimizer's.
    public var learningRate = 1e-3
    /// `sgd`: how much of the last update is kept.
    public var momentum = 0.9
    /// `sgd`: whether the gradient is taken one momentum step ahead.
    public var nesterov = true
    /// `adamw`: decay of the first and second moment.
    public var betas = [0.9, 0.999]
    /// `adamw`: added to the denominator.
    public var epsilon = 1e-8
    /// How strongly they are pulled to 0.
    public var weightDecay = 0.0

    /// The defaults of `adamw`.
    public init() {}

    /// The defaults of the rule `name`.
    public init(name: Name) {
        self.name = name
        if name == .sgd { learningRate = 0.1 }
    }
}

extension OtherParametersConfiguration.Name: ConfigurationChoice {}

extension OtherParametersConfiguration: ConfigurationSection {
    package static var variants: [Self] { Name.allCases.map { Self(name: $0) } }
    package var variant: String? { name.rawValue }

    package static let fields: [Field<Self>] = [
        .value("name", \.name, "The update rule."),
        .value(
            "learning_rate", \.learningRate, rule: .positive,
            "The learning rate, which the schedule scales as it does the optimizer's."),
        .value(
            "momentum", \.momentum, rule: .between(exclusive: 0, 1),
            "How much of the last update is kept."
        ).used(by: Name.sgd),
        .value(
            "nesterov", \.nesterov,
            "Whether the gradient is taken one momentum step ahead (Nesterov)."
        ).used(by: Name.sgd),
        .value(
            "betas", \.betas, rule: .pair(.from(0, below: 1)),
            "Decay of the running mean of the gradient and of its square."
        ).used(by: Name.adamw),
        .value("epsilon", \.epsilon, rule: .positive, "Added to the denominator of the update.")
            .used(by: Name.adamw),
        .value(
            "weight_decay", \.weightDecay, rule: .atLeast(0),
            "How strongly they are pulled to 0; batch normalisation and biases only where "
                + "`optimizer.decay_norm_and_bias` is set."),
    ]
}

/// How gradients become updates of the weights.
public struct OptimizerConfiguration: Sendable, Equatable {
    /// The update rules.
    public enum Name: String, Sendable, CaseIterable {
        /// Stochastic gradient descent with momentum, as in PyTorch.
        case sgd
        /// Adam with decoupled weight decay (Loshchilov and Hutter, 2019).
        case adamw
    }

    /// The update rule.
    public var name = Name.sgd
    /// The learning rate that the schedule scales; for one-cycle the highest.
    public var learningRate = 0.1
    /// `sgd`: how much of the last update is kept.
    public var momentum = 0.9
    /// `sgd`: whether the gradient is taken one momentum step ahead.
    public var nesterov = true
    /// `sgd`: how much of the gradient is left out of the momentum.
    public var dampening = 0.0
    /// `adamw`: decay of the first and second moment.
    public var betas = [0.9, 0.999]
    /// `adamw`: added to the denominator.
    public var epsilon = 1e-8
    /// How strongly weights are pulled to 0.
    public var weightDecay = 5e-4
    /// Whether that holds for biases and batch norm too.
    public var decayNormAndBias = false
    /// Longest gradient, as the norm over all parameters; nil is unlimited.
    public var gradientClipNorm: Double?
    /// Largest absolute value in a gradient; nil is unlimited.
    public var gradientClipValue: Double?

    /// The defaults of `sgd`.
    public init() {}

    /// The defaults of the rule `name`.
    public init(name: Name) {
        self.name = name
        if name == .adamw {
            learningRate = 1e-3
            weightDecay = 0.05
        }
    }
}

extension OptimizerConfiguration.Name: ConfigurationChoice {}

extension OptimizerConfiguration: ConfigurationSection {
    package static var variants: [Self] { Name.allCases.map { Self(name: $0) } }
    package var variant: String? { name.rawValue }

    package static let fields: [Field<OptimizerConfiguration>] = [
        .value("name", \.name, "The update rule.").known(as: "opt", "type"),
        .value(
            "learning_rate", \.learningRate, rule: .positive,
            "The learning rate that the schedule scales; the highest one for `one_cycle`."
        ).known(as: "lr", "max_lr", "base_lr"),
        .value(
            "momentum", \.momentum, rule: .from(0, below: 1), "How much of the last update is kept."
        ).used(by: Name.sgd),
        .value(
            "nesterov", \.nesterov,
            "Whether the gradient is taken one momentum step ahead (Nesterov)."
        ).used(by: Name.sgd),
        .value(
            "dampening", \.dampening, rule: .from(0, below: 1),
            "How much of the gradient is left out of the momentum."
        ).used(by: Name.sgd),
        .value(
            "betas", \.betas, rule: .pair(.from(0, below: 1)),
            "Decay of the running mean of the gradient and of its square."
        ).used(by: Name.adamw).known(as: "beta", "beta1", "beta2"),
        .value("epsilon", \.epsilon, rule: .positive, "Added to the denominator of the update.")
            .used(by: Name.adamw).known(as: "eps"),
        .value(
            "weight_decay", \.weightDecay, rule: .atLeast(0),
            "How strongly weights are pulled to 0: part of the gradient for `sgd`, decoupled from "
                + "it for `adamw`."
        ).known(as: "wd", "l2"),
        .value(
            "decay_norm_and_bias", \.decayNormAndBias,
            "Whether weight decay holds for biases and batch norm too."
        ).known(as: "norm_weight_decay", "bias_decay"),
        .optional(
            "gradient_clip_norm", \.gradientClipNorm, rule: .positive,
            "Gradients are scaled down together to this norm over all parameters; null is no limit."
        ).known(as: "clip_grad", "clip_norm", "grad_clip", "max_grad_norm", "clip_grad_norm"),
        .optional(
            "gradient_clip_value", \.gradientClipValue, rule: .positive,
            "Each number of a gradient is cut to this absolute value; null is no limit."
        ).known(as: "clip_value", "clip_grad_value"),
    ]
}

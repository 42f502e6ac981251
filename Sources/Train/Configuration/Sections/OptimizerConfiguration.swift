/// How gradients become updates of the weights.
public struct OptimizerConfiguration: Sendable, Equatable {
    /// The update rules.
    public enum Name: String, Sendable, CaseIterable {
        /// Stochastic gradient descent with momentum, as in PyTorch.
        case sgd
        /// Adam with decoupled weight decay (Loshchilov and Hutter, 2019).
        case adamw
        /// Momentum made orthogonal for filters and hidden matrices (Jordan et al., 2024), another rule
        /// for the other parameters.
        case muon
    }

    /// The update rule.
    public var name = Name.sgd
    /// The learning rate that the schedule scales; for one-cycle the highest.
    public var learningRate = 0.1
    /// `sgd`, `muon`: how much of the last update is kept.
    public var momentum = 0.9
    /// `sgd`, `muon`: whether the gradient is taken one momentum step ahead.
    public var nesterov = true
    /// `sgd`: how much of the gradient is left out of the momentum.
    public var dampening = 0.0
    /// `adamw`: decay of the first and second moment.
    public var betas = [0.9, 0.999]
    /// `adamw`: added to the denominator.
    public var epsilon = 1e-8
    /// `muon`: iterations that make an update orthogonal.
    public var newtonSchulzSteps = 5
    /// `muon`: whether filters are scaled to the norm √outputs before each step.
    public var normalizeFilters = false
    /// `muon`: what moves the other parameters.
    public var others = OtherParametersConfiguration()
    /// How strongly weights are pulled to 0.
    public var weightDecay = 5e-4
    /// Whether that holds for biases and batch norm too.
    public var decayNormAndBias = false
    /// Factor on the learning rate of the biases of batch norm.
    public var normBiasLearningRateFactor = 1.0
    /// How long the bias of a whitening layer is trained; nil is the whole run.
    public var whiteningBias: TrainingLength?
    /// Whether its learning rate falls to 0 in that time.
    public var whiteningBiasDecay = false
    /// Parameters with settings of their own.
    public var groups: [ParameterGroupConfiguration] = []
    /// Pulls the weights to a moving average of themselves; nil is off.
    public var lookahead: Lookahead?
    /// Longest gradient, as the norm over all parameters; nil is unlimited.
    public var gradientClipNorm: Double?
    /// Largest absolute value in a gradient; nil is unlimited.
    public var gradientClipValue: Double?

    /// Every few steps the weights are replaced by a moving average of what they were at those steps
    /// (Zhang et al., 2019; with the growing decay of Jordan, 2024).
    public struct Lookahead: Sendable, Equatable {
        /// Steps from one replacement to the next.
        public var every = 5
        /// The share of the average that is kept, for each step, at the end of training.
        public var decay = 0.95
        /// The exponent with which that share grows from 0 over the run.
        public var power = 3.0

        /// The defaults, airbench's.
        public init() {}
    }

    /// The defaults of `sgd`.
    public init() {}

    /// The defaults of the rule `name`.
    public init(name: Name) {
        self.name = name
        switch name {
        case .sgd: break
        case .adamw:
            learningRate = 1e-3
            weightDecay = 0.05
        case .muon:
            learningRate = 0.02
            momentum = 0.95
            weightDecay = 0
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
        ).used(by: Name.sgd, .muon),
        .value(
            "nesterov", \.nesterov,
            "Whether the gradient is taken one momentum step ahead (Nesterov)."
        ).used(by: Name.sgd, .muon),
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
            "newton_schulz_steps", \.newtonSchulzSteps, rule: .between(1, 20),
            "Iterations of Newton and Schulz that make an update orthogonal (coefficients 3.4445, "
                + "−4.7750, 2.0315)."
        ).used(by: Name.muon).known(as: "ns_steps", "backend_steps"),
        .value(
            "normalize_filters", \.normalizeFilters,
            "Whether each filter tensor and hidden matrix is scaled to the norm √outputs before a "
                + "step, as in airbench94_muon; else the step is scaled by √max(1, outputs/inputs)."
        ).used(by: Name.muon),
        .value(
            "weight_decay", \.weightDecay, rule: .atLeast(0),
            "How strongly weights are pulled to 0: part of the gradient for `sgd`, decoupled from "
                + "it for `adamw` and `muon`."
        ).known(as: "wd", "l2"),
        .value(
            "decay_norm_and_bias", \.decayNormAndBias,
            "Whether weight decay holds for biases and batch norm too."
        ).known(as: "norm_weight_decay", "bias_decay"),
        .value(
            "norm_bias_learning_rate_factor", \.normBiasLearningRateFactor, rule: .positive,
            "Factor on the learning rate of the biases of batch norm. Their weight decay is divided "
                + "by it, so that a step pulls them to 0 as strongly as other weights."
        ).known(as: "bias_scaler", "bias_learning_rate_factor", "bias_lr_factor"),
        .optional(
            "whitening_bias", \.whiteningBias, rule: .positiveLength,
            "How long the bias of a whitening layer is trained; null is the whole run. Only for "
                + "models with such a layer (airbench)."
        ).known(as: "whiten_bias_epochs"),
        .value(
            "whitening_bias_decay", \.whiteningBiasDecay,
            "Whether the learning rate of that bias falls to 0 in a straight line over "
                + "`whitening_bias`, whatever the schedule does."),
        .sections(
            "groups", \.groups,
            "Parameters with a learning rate or weight decay of their own. Where two groups name the "
                + "same parameter, the later one wins."
        ).known(as: "param_groups", "paramwise_cfg", "parameter_groups"),
        .section(
            "others", \.others,
            "What moves the parameters that `muon` leaves: those of the last layer and of batch "
                + "normalisation, and biases."
        ).used(by: Name.muon),
        .optionalSection(
            "lookahead", \.lookahead,
            "Every few steps the weights, and the statistics of batch norm, are replaced by a moving "
                + "average of what they were at those steps; null is off, `{}` is on with these "
                + "defaults."
        ),
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

extension OptimizerConfiguration.Lookahead: ConfigurationSection {
    package static let fields: [Field<Self>] = [
        .value("every", \.every, rule: .atLeast(1), "From one replacement to the next.")
            .counted(in: "steps"),
        .value(
            "decay", \.decay, rule: .from(0, below: 1),
            "The share of the average that is kept, for each step, at the end of training: an "
                + "update keeps `decay`^`every`."
        ),
        .value(
            "power", \.power, rule: .atLeast(0),
            "The share grows from 0 as the done part of training to this power; 0 keeps it the same "
                + "all the time."
        ),
    ]
}

/// Which parts of a model are trained when, and how fast: for training that starts from a model that
/// knows something already.
public struct FineTuningConfiguration: Sendable, Equatable {
    /// What normalisations do whose parameters are frozen.
    public enum FrozenBatchNorm: String, Sendable, CaseIterable {
        /// Use the running statistics and leave them as they are.
        case inference
        /// Use the statistics of the batch and go on averaging them.
        case training
    }

    /// The parts that are not trained, or not at first.
    public var freeze = ParameterPatterns()
    /// Which of them are trained after all, and from when on.
    public var unfreeze: [Unfreezing] = []
    /// What normalisations do whose parameters are frozen.
    public var frozenBatchNorm = FrozenBatchNorm.inference
    /// The factor on the learning rate from each stage to the one before it.
    public var layerDecay = 1.0
    /// The factor on the learning rate of the last layer.
    public var headLearningRateFactor = 1.0

    /// The defaults: everything is trained alike.
    public init() {}

    /// The moment from which a frozen part is trained.
    public struct Unfreezing: Sendable, Equatable {
        /// The part.
        public var match = ParameterPatterns()
        /// The moment.
        public var at = TrainingLength.epochs(1)

        /// The defaults.
        public init() {}
    }
}

extension FineTuningConfiguration.FrozenBatchNorm: ConfigurationChoice {}

extension FineTuningConfiguration: ConfigurationSection {
    package static let fields: [Field<FineTuningConfiguration>] = [
        .value(
            "freeze", \.freeze,
            "Parts that are not trained, such as `[stem, layer1]` or `'*.bn*'`. Nothing is computed "
                + "backwards for frozen parts at the front of a model."
        ).known(as: "frozen", "freeze_layers", "frozen_stages"),
        .sections(
            "unfreeze", \.unfreeze,
            "Frozen parts that are trained from some moment on: gradual unfreezing (Howard & Ruder "
                + "2018)."),
        .value(
            "frozen_batch_norm", \.frozenBatchNorm,
            "What batch normalisations do whose parameters are frozen: `inference` uses the running "
                + "statistics and leaves them as they are, `training` goes on with those of the batch."
        ).known(as: "bn_eval", "norm_eval", "freeze_bn"),
        .value(
            "layer_decay", \.layerDecay, rule: .above(0, upTo: 1),
            "Factor on the learning rate from each stage to the one before it: with 0.5 the last "
                + "stage has all of it, the one before half, and so on (Clark et al. 2020)."
        ).known(as: "layerwise_decay", "llrd", "lr_layer_decay"),
        .value(
            "head_learning_rate_factor", \.headLearningRateFactor, rule: .positive,
            "Factor on the learning rate of the last layer, which starts anew where the number of "
                + "classes is another."
        ).known(as: "head_lr_factor", "lr_mult_head"),
    ]
}

extension FineTuningConfiguration.Unfreezing: ConfigurationSection {
    package static let fields: [Field<Self>] = [
        .value("match", \.match, "The parts, which `freeze` must hold.").required(),
        .value("at", \.at, rule: .positiveLength, "From when on they are trained.").required(),
    ]
}

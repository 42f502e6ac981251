import NN
import Support

/// What to train: an architecture by name, and where its weights come from.
public struct ModelConfiguration: Sendable, Equatable {
    /// Name of the architecture, one of `knownNames`.
    public var name = "resnet20"
    /// A weight file to start from; nil starts from random weights.
    public var checkpoint: String?
    /// Probability of dropping a feature before the last layer; nil is the model's own.
    public var dropout: Double?
    /// Whether the last batch norm of each residual block starts at 0; nil is the model's own.
    public var zeroInitResidual: Bool?
    /// The stages whose values are computed again instead of kept in memory.
    public var recompute = StageSelection.none
    /// Weight of a new batch in the running statistics; nil is the model's own.
    public var batchNormMomentum: Double?
    /// Added to the variance in batch norm; nil is the model's own.
    public var batchNormEpsilon: Double?

    /// The defaults.
    public init() {}

    /// The architectures that can be asked for by name.
    public static var knownNames: [String] { ModelRegistry.names }
}

extension ModelConfiguration: ConfigurationSection {
    package static let fields: [Field<ModelConfiguration>] = [
        .value("name", \.name, rule: .oneOf(knownNames), "The architecture.").required()
            .known(as: "arch", "architecture"),
        .optional(
            "checkpoint", \.checkpoint, rule: .notEmpty,
            "A safetensors file with the weights to start from; a last layer for another number "
                + "of classes starts anew. What was taken over is said at the start. Null starts from random "
                + "weights."
        ).known(as: "pretrained", "weights", "initial_checkpoint", "resume"),
        .optional(
            "dropout", \.dropout, rule: .from(0, below: 1),
            "Probability of dropping a feature before the last layer; null is the model's own."
        ).known(as: "drop", "drop_rate"),
        .optional(
            "zero_init_residual", \.zeroInitResidual,
            "Whether the last batch norm of each residual block starts at 0, so that the block "
                + "starts as the identity; null is the model's own, true for ResNets."),
        .value(
            "recompute", \.recompute,
            "Stages whose values are not kept for the backward pass but computed again there, block "
                + "by block: `none`, `all`, or a list such as `[stem, layer1]` (`residual models` "
                + "shows the stages). Training then needs less memory and one more forward pass of "
                + "these stages; the weights have the same bits."
        ).known(as: "checkpointing", "gradient_checkpointing", "activation_checkpointing", "remat"),
        .optional(
            "batch_norm_momentum", \.batchNormMomentum, rule: .above(0, upTo: 1),
            "Weight of a new batch in the running mean and variance; null is the model's own, 0.1 "
                + "for ResNets."
        ).known(as: "bn_momentum"),
        .optional(
            "batch_norm_epsilon", \.batchNormEpsilon, rule: .positive,
            "Added to the variance in batch norm; null is the model's own, 1e-5 for ResNets."
        ).known(as: "bn_eps", "bn_epsilon"),
    ]
}

/// Some of a model's stages.
public enum StageSelection: Sendable, Hashable {
    /// No stage.
    case none
    /// Every stage.
    case all
    /// Those with these names.
    case named([String])

    /// The names, for a model with the stages `stageNames`.
    public func names(among stageNames: [String]) -> Set<String> {
        switch self {
        case .none: []
        case .all: Set(stageNames)
        case .named(let names): Set(names)
        }
    }

    /// What is wrong with it for the model `name` that learns `tasks`, by default what it is made for:
    /// `names 'layr1', which is no stage of …`. Nil if nothing is, or if there is no such model.
    package func problem(with name: String, tasks: [ModelTask]? = nil) -> String? {
        guard case .named(let names) = self,
            let known = try? ModelRegistry.outline(of: name, tasks: tasks).stageNames,
            let unknown = names.first(where: { !known.contains($0) })
        else { return nil }
        let hint = closestMatch(to: unknown, in: known).map { "did you mean '\($0)'? " } ?? ""
        return "names '\(unknown)', which is no stage of \(name); \(hint)its stages are "
            + known.joined(separator: ", ")
    }
}

/// What is minimised: the cross-entropy, smoothed and weighted.
public struct LossConfiguration: Sendable, Equatable {
    /// How much each class counts.
    public enum ClassWeights: Sendable, Equatable {
        /// All the same.
        case none
        /// In inverse proportion to its number of training images, 1 on average.
        case balanced
        /// As given, in the order of the class names.
        case fixed([Double])
    }

    /// Share of the target that is spread evenly over all classes.
    public var labelSmoothing = 0.0
    /// How much each class counts.
    public var classWeights = ClassWeights.none
    /// Segmentation: how much the Dice loss counts beside the cross-entropy.
    public var dice = 0.0
    /// Several tasks: what the loss of each counts, in their order; empty for 1 each.
    public var taskWeights: [Double] = []

    /// The defaults: plain cross-entropy.
    public init() {}
}

extension LossConfiguration: ConfigurationSection {
    package static let fields: [Field<LossConfiguration>] = [
        .value(
            "label_smoothing", \.labelSmoothing, rule: .from(0, below: 1),
            "Share of the target that is spread evenly over all classes."
        ).known(as: "smoothing"),
        .value(
            "class_weights", \.classWeights,
            "How much each class counts: `none` for all the same, `balanced` for the inverse of "
                + "its number of training images (of pixels, for a segmentation), or a list in the "
                + "order of the class names."
        ).known(as: "weights", "class_weight"),
        .value(
            "dice", \.dice, rule: .atLeast(0),
            "For a segmentation: how much the Dice loss, 1 minus the mean Dice coefficient of the "
                + "classes in a batch, counts beside the cross-entropy."
        ).known(as: "dice_weight", "dice_loss"),
        .value(
            "task_weights", \.taskWeights,
            "Where `data.task` lists several tasks: what the loss of each counts in the sum, in "
                + "their order; `[]` is 1 each."
        ).known(as: "loss_weights"),
    ]
}

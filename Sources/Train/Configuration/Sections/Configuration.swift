import Tensor

/// Everything that decides a training run: what the YAML file says, plus the defaults.
///
/// Files are read with `load(contentsOf:overrides:)`, which also keeps the origin of every value.
/// Two equal configurations train the same model, whatever their files look like.
public struct Configuration: Sendable, Equatable {
    /// Name of the run; `runName` is what to show when it is nil.
    public var name: String?
    /// Decides every random number of the run.
    public var seed: UInt64 = 0
    /// Threads that compute; nil takes every core.
    public var threads: Int?
    /// The run's folder; nil makes `runs/<time>-<name>`.
    public var output: String?
    /// Passes over the training images; nil leaves the end to `maxSteps` or the time limit.
    public var epochs: Int?
    /// Updates of the weights after which training ends; nil means no such limit.
    public var maxSteps: Int?
    /// Images computed at a time.
    public var batchSize = 128
    /// Batches whose gradients make one update.
    public var accumulate = 1
    /// The number format of activations and their gradients in training.
    public var precision = Precision.f32
    /// How much rounding may be traded for speed.
    public var numerics = Numerics.fast
    /// What to learn from.
    public var data = DataConfiguration()
    /// What to train.
    public var model = ModelConfiguration()
    /// What is minimised.
    public var loss = LossConfiguration()
    /// How gradients become updates.
    public var optimizer = OptimizerConfiguration()
    /// How the learning rate changes over the run.
    public var schedule = ScheduleConfiguration()
    /// Which parts are trained when, and how fast.
    public var fineTuning = FineTuningConfiguration()
    /// The moving average of the weights; nil is off.
    public var ema: AverageConfiguration?
    /// How training images are varied.
    public var augmentation = AugmentationConfiguration()
    /// How the model is measured.
    public var evaluation = EvaluationConfiguration()
    /// What is saved when.
    public var checkpoint = CheckpointConfiguration()
    /// What ends a run early.
    public var limits = LimitsConfiguration()

    /// Every value at its default; `data.name`, `model.name` and a length are still to be chosen.
    public init() {}

    /// `name`, or `<model>-<data>` where none is given.
    public var runName: String { name ?? "\(model.name)-\(data.name.rawValue)" }

    /// The number format of activations and their gradients in training. Everything else, arithmetic
    /// included, is f32 always.
    public enum Precision: String, Sendable, CaseIterable {
        /// 32-bit floating point.
        case f32
        /// bfloat16: the upper half of f32.
        case bf16

        /// What the model's input is converted to, and operations then keep.
        var elementType: ElementType {
            switch self {
            case .f32: .float32
            case .bf16: .bfloat16
            }
        }
    }
}

extension Configuration.Precision: ConfigurationChoice {
    package static var unavailable: [String: String] {
        let reason = "is not available in this build"
        return [
            "f16": "\(reason); bf16 has half the memory too, and f32's range", "f64": reason,
            "mixed": "\(reason) under this name; bf16 is mixed precision",
        ]
    }
}

extension Numerics: ConfigurationChoice {}

extension Configuration: ConfigurationSection {
    package static let fields: [Field<Configuration>] = [
        .optional(
            "name", \.name, rule: .fileName,
            "Name of the run, part of its folder's name; null makes `<model>-<data>`."),
        .value(
            "seed", \.seed,
            "Decides every random number: initial weights, order of images, augmentation, dropout, "
                + "splits. The same seed gives the same weights, whatever the number of threads."),
        .optional(
            "threads", \.threads, rule: .between(1, 1024),
            "Threads that compute; null takes every core."
        ).known(as: "num_threads", "n_threads"),
        .optional(
            "output", \.output, rule: .notEmpty,
            "The run's folder, which must not exist yet; null makes `runs/<time>-<name>`."
        ).known(as: "output_dir", "log_dir", "out"),
        .optional(
            "epochs", \.epochs, rule: .atLeast(1),
            "Passes over the training images; null leaves the end to `max_steps` or "
                + "`limits.time_limit`, one of which must then be set."
        ).counted(in: "epochs").known(as: "max_epochs", "num_epochs", "n_epochs"),
        .optional(
            "max_steps", \.maxSteps, rule: .atLeast(1),
            "Training ends after this many updates of the weights, if `epochs` has not ended it."
        ).counted(in: "steps").known(as: "steps", "iterations", "max_iters"),
        .value(
            "batch_size", \.batchSize, rule: .between(1, 65_536),
            "Images in one update of the weights; in one of its parts, where `accumulate` is set."
        ).counted(in: "images").known(as: "bs", "batch", "train_batch_size"),
        .value(
            "accumulate", \.accumulate, rule: .between(1, 65_536),
            "Batches whose gradients make one update, as if they were one batch but for the "
                + "statistics of batch normalisation: the mean over all their images, of those that are "
                + "left at the end of an epoch too. Steps count updates."
        ).counted(in: "batches").known(
            as: "grad_accum_steps", "accumulate_grad_batches", "gradient_accumulation_steps"),
        .value(
            "precision", \.precision,
            "The number format of activations and their gradients in training. `bf16` is mixed "
                + "precision: half the memory for them, while arithmetic, weights, statistics, losses "
                + "and the optimiser stay in f32, and so do the model file and its evaluation."
        ).known(as: "dtype", "amp"),
        .value(
            "numerics", \.numerics,
            "`fast` computes 3×3 convolutions by Winograd's algorithm where that is faster; `exact` "
                + "computes every product, with a quarter of the rounding errors. The model file "
                + "keeps it, so that the model is used as it was trained."
        ).known(as: "winograd", "deterministic"),
        .section("data", \.data, "What to learn from.").required(),
        .section("model", \.model, "What to train.").required(),
        .section("loss", \.loss, "What is minimised: the cross-entropy, with these changes."),
        .section("optimizer", \.optimizer, "How gradients become updates of the weights."),
        .section(
            "schedule", \.schedule,
            "How the learning rate changes over the run. It is set anew before every step."
        ).known(as: "scheduler", "lr_scheduler", "sched"),
        .section(
            "fine_tuning", \.fineTuning,
            "Which parts of the model are trained when, and how fast: for training that starts from "
                + "`model.checkpoint`. Parts are stages (`residual models` shows them), modules, "
                + "parameters, or patterns of keys with `*`."
        ).known(as: "finetune", "finetuning"),
        .optionalSection(
            "ema", \.ema,
            "An exponential moving average of the weights, and of the statistics of batch "
                + "normalisation, beside those that are trained; null is off, `{}` is on with these "
                + "defaults. `evaluation.weights` says what it is used for."
        ).known(as: "model_ema", "swa", "weight_average"),
        .section(
            "augmentation", \.augmentation,
            "How training images are varied. Nothing is varied that is not asked for."
        ).known(as: "transforms", "augment"),
        .section("evaluation", \.evaluation, "How the model is measured.")
            .known(as: "eval"),
        .section("checkpoint", \.checkpoint, "What is saved when.").known(as: "checkpoints"),
        .section("limits", \.limits, "What ends a run early."),
    ]
}

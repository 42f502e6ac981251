import Inference

/// How the model is measured during and after training.
public struct EvaluationConfiguration: Sendable, Equatable {
    /// The number that says which model is best.
    public enum Metric: String, Sendable, CaseIterable {
        /// Share of images classified right; higher is better.
        case accuracy
        /// Mean cross-entropy; lower is better.
        case loss
        /// F1 averaged over classes; higher is better.
        case macroF1 = "macro_f1"
        /// Area under the ROC curve, one class against the rest, averaged; higher is better.
        case rocAUC = "roc_auc"
        /// Intersection over union of the pixels of a class, averaged over classes; higher is better.
        case meanIoU = "mean_iou"

        /// Whether it is a share of images or pixels, which people read in percent.
        public var isShare: Bool { self == .accuracy || self == .meanIoU }

        /// Whether `new` beats `old` by more than `minDelta`.
        public func isBetter(_ new: Double, than old: Double, minDelta: Double = 0) -> Bool {
            self == .loss ? new < old - minDelta : new > old + minDelta
        }
    }

    /// Epochs from one validation to the next.
    public var everyEpochs = 1
    /// Images computed at a time; nil is the training's number.
    public var batchSize: Int?
    /// The number on validation images that says which model is best; nil is the mean IoU of a
    /// segmentation, else the accuracy.
    public var metric: Metric?
    /// Ends training that no longer improves; nil is off.
    public var earlyStop: EarlyStop?
    /// Which weights are judged, kept as the best and measured at the end; nil takes the average where
    /// there is one.
    public var weights: ModelWeights?
    /// Whether the best model is measured on the test images at the end.
    public var test = true
    /// The views of each image that are averaged in the measurement at the end.
    public var tta = TestTimeAugmentation.none

    /// The defaults.
    public init() {}

    /// When training that no longer improves ends.
    public struct EarlyStop: Sendable, Equatable {
        /// Validations without improvement that are waited for.
        public var patience = 10
        /// What counts as no improvement.
        public var minDelta = 0.0

        /// The defaults.
        public init() {}
    }
}

extension EvaluationConfiguration.Metric: ConfigurationChoice {}
extension TestTimeAugmentation: ConfigurationChoice {}

extension EvaluationConfiguration: ConfigurationSection {
    package static let fields: [Field<EvaluationConfiguration>] = [
        .value("every_epochs", \.everyEpochs, rule: .atLeast(1), "From one validation to the next.")
            .counted(in: "epochs").known(as: "every", "interval", "val_interval"),
        .optional(
            "batch_size", \.batchSize, rule: .between(1, 65_536),
            "Images computed at a time; null is the training's `batch_size`. It does not change "
                + "the result."
        ).counted(in: "images"),
        .optional(
            "metric", \.metric,
            "The number on the validation images that says which model is best: higher is better, "
                + "but for `loss`. It is about the main task; null is `mean_iou` for a segmentation, "
                + "else `accuracy`."
        ).known(as: "monitor", "eval_metric"),
        .optionalSection(
            "early_stop", \.earlyStop,
            "Ends training that no longer improves; null is off, `{}` is on with these defaults."
        ).known(as: "early_stopping"),
        .optional(
            "weights", \.weights,
            "Which weights are judged, kept as the best and measured at the end: `ema`, the moving "
                + "average, or `raw`, those that are trained; null is `ema` where `ema` is on. The "
                + "history has the figures of both."),
        .value(
            "test", \.test, "Whether the best model is measured on the test images at the end."),
        .value(
            "tta", \.tta,
            "Test-time augmentation: the views of each image whose logits are averaged in the "
                + "measurement at the end. `flip` takes the image and its mirror image; "
                + "`flip_translate` also both moved by one pixel, up and left, and down and right. "
                + "Validation between epochs is without."
        ).known(as: "test_time_augmentation", "tta_level"),
    ]
}

extension EvaluationConfiguration.EarlyStop: ConfigurationSection {
    package static let fields: [Field<Self>] = [
        .value(
            "patience", \.patience, rule: .atLeast(1),
            "Training ends after this many validations in a row without improvement."
        ).counted(in: "validations"),
        .value(
            "min_delta", \.minDelta, rule: .atLeast(0),
            "An improvement must be greater than this to count."
        ).known(as: "threshold"),
    ]
}

/// What is saved when.
public struct CheckpointConfiguration: Sendable, Equatable {
    /// Epochs from one checkpoint to the next; nil is off.
    public var everyEpochs: Int? = 1
    /// Steps from one checkpoint to the next; nil is off.
    public var everySteps: Int?
    /// Time from one checkpoint to the next; nil is off.
    public var everyTime: Duration?
    /// Steps from one hash of the weights to the next, besides those of the epochs; nil is off.
    public var hashEverySteps: Int?
    /// Whether the newest state is kept, from which a run goes on.
    public var saveLast = true
    /// Whether the best model so far is kept.
    public var saveBest = true

    /// The defaults.
    public init() {}
}

extension CheckpointConfiguration: ConfigurationSection {
    package static let fields: [Field<CheckpointConfiguration>] = [
        .optional(
            "every_epochs", \.everyEpochs, rule: .atLeast(1),
            "From one checkpoint to the next; null is off."
        ).counted(in: "epochs").known(as: "every", "interval", "save_interval"),
        .optional(
            "every_steps", \.everySteps, rule: .atLeast(1),
            "From one checkpoint to the next, within epochs; null is off."
        ).counted(in: "steps").known(as: "every_n_train_steps"),
        .optional(
            "every_time", \.everyTime, rule: .positiveDuration,
            "Time of training from one checkpoint to the next, such as `10 min`, within epochs; null "
                + "is off."
        ).known(as: "every_minutes", "train_time_interval"),
        .optional(
            "hash_every_steps", \.hashEverySteps, rule: .atLeast(1),
            "From one hash of all weights to the next, within epochs; null is off. The hashes are "
                + "what `residual verify` compares: with 1 it names the step at which two runs part."
        ).counted(in: "steps"),
        .value(
            "save_last", \.saveLast, "Whether the newest state is kept, from which a run goes on."
        ).known(as: "last"),
        .value(
            "save_best", \.saveBest, "Whether the best model by `evaluation.metric` is kept."
        ).known(as: "best", "save_top_k"),
    ]
}

/// What ends a run early.
public struct LimitsConfiguration: Sendable, Equatable {
    /// Time after which training stops as if it had ended; nil is unlimited.
    public var timeLimit: Duration?
    /// Whether a loss that is no number ends the run.
    public var stopOnNaN = true

    /// The defaults.
    public init() {}
}

extension LimitsConfiguration: ConfigurationSection {
    package static let fields: [Field<LimitsConfiguration>] = [
        .optional(
            "time_limit", \.timeLimit, rule: .positiveDuration,
            "Training stops after this time, saves its state and is evaluated as if it had ended; "
                + "null is no limit."
        ).known(as: "max_time", "timeout"),
        .value(
            "stop_on_nan", \.stopOnNaN,
            "Whether a loss that is infinite or not a number ends the run with an error."
        ).known(as: "terminate_on_nan", "check_finite"),
    ]
}

import NN
import Support

extension ConfigurationReport {
    /// Checks what involves more than one key, unless one of them is wrong already.
    mutating func check(_ values: Configuration) {
        guard !failedPaths.contains("") else { return }
        for rule in ConfigurationRule.all where failedPaths.isDisjoint(with: rule.paths) {
            guard let message = rule.violation(values) else { continue }
            add(rule.paths[0], place(of: rule.paths), message)
        }
    }

    /// The first of the keys that somebody wrote; else the section of the first.
    private func place(of paths: [String]) -> ValueOrigin {
        for path in paths {
            if let origin = origins[path] { return origin }
        }
        let section = paths[0].split(separator: ".").dropLast().joined(separator: ".")
        return sections[section] ?? sections[""] ?? .default
    }
}

/// A rule about several keys.
struct ConfigurationRule: Sendable {
    /// The keys involved; an error points at the first that was written.
    let paths: [String]
    /// The error if the rule is broken.
    let violation: @Sendable (Configuration) -> String?
}

extension ConfigurationRule {
    static let all: [ConfigurationRule] =
        lengthRules + modelRules + taskRules + partRules + scheduleRules + optimizerRules
        + imageRules
        + dataRules
        + evaluationRules

    private static let lengthRules = [
        ConfigurationRule(paths: ["epochs", "max_steps", "limits.time_limit"]) { values in
            guard values.epochs == nil, values.maxSteps == nil, values.limits.timeLimit == nil
            else { return nil }
            return "missing: how long to train; set 'epochs', 'max_steps' or 'limits.time_limit'"
        }
    ]

    private static let modelRules = [
        ConfigurationRule(paths: ["model.recompute", "model.name", "data.task"]) { values in
            values.model.recompute.problem(
                with: values.model.name, tasks: values.data.tasks
            ).map {
                "'model.recompute' \($0)"
            }
        },
        ConfigurationRule(paths: ["model.zero_init_residual", "model.name"]) { values in
            guard let zeroInit = values.model.zeroInitResidual else { return nil }
            return ModelRegistry.refusal(
                of: ModelOptions(zeroInitResidual: zeroInit), for: values.model.name
            ).map {
                "'model.zero_init_residual' would have no effect: \($0); remove it or set it to null"
            }
        },
        ConfigurationRule(paths: ["model.dropout", "model.name"]) { values in
            guard let dropout = values.model.dropout else { return nil }
            return ModelRegistry.refusal(
                of: ModelOptions(dropout: Float(dropout)), for: values.model.name
            ).map { "'model.dropout' would have no effect: \($0); remove it or set it to null" }
        },
    ]

    private static let scheduleRules = [
        ConfigurationRule(paths: ["schedule.name", "epochs", "max_steps", "limits.time_limit"]) {
            values in
            let name = values.schedule.name
            guard [.cosine, .oneCycle, .polynomial].contains(name),
                values.epochs == nil, values.maxSteps == nil, values.limits.timeLimit != nil
            else { return nil }
            return "the schedule '\(name.rawValue)' must know where training ends; "
                + "set 'epochs' or 'max_steps', or use the schedule 'constant'"
        },
        ConfigurationRule(paths: ["schedule.milestones", "schedule.name"]) { values in
            guard values.schedule.name == .multiStep, values.schedule.milestones.isEmpty
            else { return nil }
            return "'schedule.milestones' must have at least one moment, such as [60, 120]"
        },
        ConfigurationRule(paths: ["schedule.warmup", "epochs", "max_steps"]) { values in
            guard let warmup = values.schedule.warmup else { return nil }
            switch warmup {
            case .epochs(let length):
                guard let epochs = values.epochs, length >= Double(epochs) else { return nil }
                return "'schedule.warmup' (\(warmup.yamlText)) must be shorter than training "
                    + "(\(epochs) epochs)"
            case .steps(let length):
                guard let steps = values.maxSteps, length >= steps else { return nil }
                return "'schedule.warmup' (\(warmup.yamlText)) must be shorter than training "
                    + "(\(steps) steps)"
            }
        },
        ConfigurationRule(
            paths: ["schedule.min_learning_rate", "schedule.name", "optimizer.learning_rate"]
        ) { values in
            let (low, high) = (values.schedule.minLearningRate, values.optimizer.learningRate)
            guard [.cosine, .polynomial].contains(values.schedule.name), low > high
            else { return nil }
            return "'schedule.min_learning_rate' (\(low.yamlText)) must be at most "
                + "'optimizer.learning_rate' (\(high.yamlText))"
        },
        ConfigurationRule(
            paths: ["optimizer.nesterov", "optimizer.momentum", "optimizer.dampening"]
        ) { values in
            let optimizer = values.optimizer
            guard optimizer.name == .sgd, optimizer.nesterov,
                optimizer.momentum == 0 || optimizer.dampening != 0
            else { return nil }
            return "'optimizer.nesterov' needs a momentum greater than 0 and no dampening, but "
                + "momentum is \(optimizer.momentum.yamlText) and dampening is "
                + "\(optimizer.dampening.yamlText); set nesterov to false or change them"
        },
    ]

    private static let optimizerRules = [
        ConfigurationRule(paths: ["optimizer.whitening_bias", "model.name"]) { values in
            guard values.optimizer.whiteningBias != nil,
                let model = try? ModelRegistry.make(values.model.name, classCount: 1, seed: nil),
                !(model is any DataInitialized)
            else { return nil }
            return "'optimizer.whitening_bias' is for models with a whitening layer, which "
                + "'\(values.model.name)' has not; remove it or set it to null"
        },
        ConfigurationRule(paths: ["optimizer.whitening_bias_decay", "optimizer.whitening_bias"]) {
            values in
            guard values.optimizer.whiteningBiasDecay, values.optimizer.whiteningBias == nil
            else { return nil }
            return
                "'optimizer.whitening_bias_decay' needs 'optimizer.whitening_bias', the time over "
                + "which the learning rate falls"
        },
        ConfigurationRule(
            paths: ["optimizer.lookahead.power", "epochs", "max_steps", "limits.time_limit"]
        ) { values in
            guard let lookahead = values.optimizer.lookahead, lookahead.power > 0,
                values.epochs == nil, values.maxSteps == nil, values.limits.timeLimit != nil
            else { return nil }
            return "'optimizer.lookahead' must know where training ends; set 'epochs' or "
                + "'max_steps', or its 'power' to 0"
        },
    ]

    private static let imageRules = [
        ConfigurationRule(
            paths: ["augmentation.size", "augmentation.crop.padding", "data.image_size"]
        ) { values in
            guard let size = values.augmentation.size,
                values.augmentation.randomResizedCrop == nil
            else { return nil }
            let padding = values.augmentation.crop?.padding ?? 0
            let available = values.data.imageSize + 2 * padding
            guard size > available else { return nil }
            return "'augmentation.size' (\(size) pixels) is bigger than the padded image: "
                + "\(values.data.imageSize) + 2 * \(padding) = \(available) pixels"
        },
        ConfigurationRule(
            paths: [
                "augmentation.crop.padding", "augmentation.crop.mode", "data.image_size",
                "augmentation.progressive_resizing.initial_size",
            ]
        ) { values in
            let size = min(values.data.imageSize, values.smallestTrainingSize)
            guard let crop = values.augmentation.crop, crop.mode == .reflect, crop.padding >= size
            else { return nil }
            return "'augmentation.crop.padding' (\(crop.padding)) must be less than the image "
                + "size (\(size)) for the mode 'reflect'"
        },
        ConfigurationRule(
            paths: [
                "augmentation.progressive_resizing.initial_size", "augmentation.size",
                "data.image_size",
            ]
        ) { values in
            guard let resizing = values.augmentation.progressiveResizing,
                resizing.initialSize >= values.trainingSize
            else { return nil }
            return
                "'augmentation.progressive_resizing.initial_size' (\(resizing.initialSize)) must "
                + "be less than the size of the training images (\(values.trainingSize)), to which "
                + "they grow"
        },
        ConfigurationRule(
            paths: [
                "augmentation.progressive_resizing.end", "augmentation.progressive_resizing.start",
            ]
        ) { values in
            guard let resizing = values.augmentation.progressiveResizing,
                resizing.start > resizing.end
            else { return nil }
            return "'augmentation.progressive_resizing.end' (\(resizing.end.yamlText)) must not be "
                + "before its 'start' (\(resizing.start.yamlText))"
        },
        ConfigurationRule(
            paths: ["augmentation.progressive_resizing", "epochs", "max_steps"]
        ) { values in
            guard values.augmentation.progressiveResizing != nil, values.epochs == nil,
                values.maxSteps == nil
            else { return nil }
            return
                "'augmentation.progressive_resizing' must know where training ends; set 'epochs' "
                + "or 'max_steps'"
        },
        ConfigurationRule(paths: ["augmentation.random_resized_crop", "augmentation.crop"]) {
            values in
            guard values.augmentation.crop != nil,
                values.augmentation.randomResizedCrop != nil
            else { return nil }
            return "'augmentation.random_resized_crop' and 'augmentation.crop' exclude each "
                + "other; remove one or set it to null"
        },
        ConfigurationRule(paths: ["augmentation.rand_augment", "augmentation.trivial_augment"]) {
            values in
            guard values.augmentation.trivialAugment, values.augmentation.randAugment != nil
            else { return nil }
            return "'augmentation.rand_augment' and 'augmentation.trivial_augment' exclude each "
                + "other; remove one or set it to null or false"
        },
        ConfigurationRule(
            paths: [
                "augmentation.cutout", "augmentation.size", "data.image_size",
                "augmentation.progressive_resizing.initial_size",
            ]
        ) { values in
            let size = values.smallestTrainingSize
            guard let cutout = values.augmentation.cutout, cutout.size >= size
            else { return nil }
            return "'augmentation.cutout.size' (\(cutout.size)) leaves nothing of images of "
                + "\(size) pixels"
        },
        ConfigurationRule(paths: ["augmentation.mixing", "batch_size"]) { values in
            guard let mixing = values.augmentation.mixing else { return nil }
            if mixing.mixup == nil, mixing.cutmix == nil {
                return "'augmentation.mixing' has neither 'mixup' nor 'cutmix'; give one of them, "
                    + "or set 'augmentation.mixing' to null"
            }
            guard values.batchSize < 2 else { return nil }
            return "'augmentation.mixing' needs pairs of images, but 'batch_size' is "
                + "\(values.batchSize)"
        },
    ]

    private static let dataRules = [
        ConfigurationRule(paths: ["data.root", "data.name"]) { values in
            guard values.data.name == .folder, values.data.root == nil else { return nil }
            return "missing key 'data.root': the folder that holds the images"
        },
        ConfigurationRule(paths: ["data.resize", "data.name"]) { values in
            guard [.folder, .oxfordPets].contains(values.data.name), values.data.resize == .none
            else { return nil }
            return "'data.resize' is none, but the images in a folder may have any size; use "
                + "shorter_side or exact"
        },
        ConfigurationRule(paths: ["data.image_size", "data.resize", "data.name"]) { values in
            guard [.cifar10, .cifar100, .cifar100Coarse, .shapes].contains(values.data.name),
                values.data.resize == .none, values.data.imageSize != 32
            else { return nil }
            return "'data.image_size' is \(values.data.imageSize), but the images of "
                + "'\(values.data.name.rawValue)' have 32 pixels; set 'data.resize' to exact"
        },
        ConfigurationRule(paths: ["data.std", "data.mean"]) { values in
            if case .fixed(let numbers) = values.data.standardDeviation, numbers.contains(0) {
                return "'data.std' must be greater than 0 for every channel, but it is "
                    + numbers.yamlText
            }
            guard
                (values.data.mean == .automatic)
                    != (values.data.standardDeviation == .automatic)
            else { return nil }
            return "'data.mean' and 'data.std' must both be given or both be auto"
        },
        ConfigurationRule(paths: ["data.validation", "data.train_count", "data.name"]) { values in
            guard values.data.name == .shapes, case .count(let count) = values.data.validation,
                count >= values.data.trainCount
            else { return nil }
            return "'data.validation' (\(count) images) leaves nothing of 'data.train_count' "
                + "(\(values.data.trainCount) images) to train on"
        },
        ConfigurationRule(paths: ["data.repeats", "data.sampling"]) { values in
            guard values.data.repeats > 1, values.data.sampling == .balanced else { return nil }
            return "'data.repeats' and the sampling 'balanced' exclude each other; use repeats: 1 "
                + "or sampling: shuffled"
        },
        ConfigurationRule(paths: ["data.validation", "data.validation_folder"]) { values in
            // The default share is no contradiction: nobody asked for it.
            guard values.data.validationFolder != nil,
                values.data.validation != DataConfiguration(name: values.data.name).validation,
                values.data.validation != .count(0)
            else { return nil }
            return "'data.validation' and 'data.validation_folder' exclude each other; "
                + "remove one"
        },
    ]

    private static let evaluationRules = [
        ConfigurationRule(paths: ["evaluation.weights", "ema"]) { values in
            guard values.evaluation.weights == .ema, values.ema == nil else { return nil }
            return "'evaluation.weights' is ema, but there is no average; set 'ema' to {}"
        },
        ConfigurationRule(
            paths: ["evaluation.early_stop", "data.validation", "data.validation_folder"]
        ) { values in
            guard values.evaluation.earlyStop != nil, values.data.validation == .count(0),
                values.data.validationFolder == nil
            else { return nil }
            return "'evaluation.early_stop' needs validation images, but 'data.validation' is 0"
        },
        ConfigurationRule(
            paths: ["checkpoint.save_last", "checkpoint.every_steps", "checkpoint.every_time"]
        ) { values in
            let checkpoint = values.checkpoint
            guard !checkpoint.saveLast, checkpoint.everySteps != nil || checkpoint.everyTime != nil
            else { return nil }
            let key = checkpoint.everySteps != nil ? "every_steps" : "every_time"
            return "'checkpoint.save_last' is false, so 'checkpoint.\(key)' would save nothing"
        },
    ]
}

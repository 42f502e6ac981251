import NN

extension ConfigurationRule {
    /// Rules about what is learned.
    static let taskRules = [
        ConfigurationRule(paths: ["model.name", "data.task", "data.name"]) { values in
            ModelRegistry.refusal(
                of: values.data.tasks.map { ModelHead($0, classCount: 1) }, for: values.model.name
            ).map { "\($0), but 'data.task' is \(values.taskText)" }
        },
        ConfigurationRule(paths: ["loss.dice", "data.task"]) { values in
            guard values.loss.dice > 0, !values.learnsPixels else { return nil }
            return
                "'loss.dice' is for a segmentation, but 'data.task' is \(values.taskText); set it "
                + "to 0"
        },
        ConfigurationRule(paths: ["loss.task_weights", "data.task"]) { values in
            let weights = values.loss.taskWeights
            guard !weights.isEmpty else { return nil }
            if let wrong = weights.first(where: { !($0 > 0) }) {
                return "'loss.task_weights' must be greater than 0, but it has \(wrong.yamlText); "
                    + "leave a task out of 'data.task' instead"
            }
            guard weights.count != values.data.tasks.count else { return nil }
            return "'loss.task_weights' has \(weights.count) numbers, but 'data.task' is "
                + "\(values.taskText); give one a task, or []"
        },
        ConfigurationRule(paths: ["loss.class_weights", "data.task"]) { values in
            guard case .fixed = values.loss.classWeights, values.data.tasks.count > 1
            else { return nil }
            return "'loss.class_weights' is a list, which fits one task only, but 'data.task' is "
                + "\(values.taskText); use none or balanced"
        },
        ConfigurationRule(paths: ["model.recompute", "data.task"]) { values in
            guard values.model.recompute != .none, values.data.tasks.count > 1 else { return nil }
            return "'model.recompute' is for a model of one task, but 'data.task' is "
                + "\(values.taskText), whose heads share features that are kept; set it to none"
        },
        ConfigurationRule(paths: ["augmentation.mixing", "data.task"]) { values in
            guard values.augmentation.mixing != nil, values.learnsPixels else { return nil }
            return "'augmentation.mixing' mixes the classes of whole images, but 'data.task' is "
                + "\(values.taskText); set it to null"
        },
        ConfigurationRule(paths: ["evaluation.tta", "data.task"]) { values in
            guard values.evaluation.tta == .flipTranslate, values.learnsPixels else { return nil }
            return
                "'evaluation.tta' is flip_translate, whose views of a segmentation do not lie on "
                + "one another; use flip or none"
        },
        ConfigurationRule(paths: ["evaluation.metric", "data.task"]) { values in
            guard let metric = values.evaluation.metric else { return nil }
            let isOfPixels = values.data.tasks[0] == .segmentation
            switch metric {
            case .accuracy, .loss: return nil
            case .meanIoU where isOfPixels: return nil
            case .macroF1 where !isOfPixels, .rocAUC where !isOfPixels: return nil
            default:
                return "'evaluation.metric' is \(metric.rawValue), which "
                    + (isOfPixels ? "a segmentation has not" : "only a segmentation has")
                    + ", but 'data.task' is \(values.taskText); use "
                    + (isOfPixels ? "mean_iou" : "accuracy, roc_auc, macro_f1") + " or loss"
            }
        },
    ]
}

extension Configuration {
    /// Whether one of the tasks is a segmentation.
    var learnsPixels: Bool { data.tasks.contains(.segmentation) }

    /// What is learned, as errors say it.
    fileprivate var taskText: String {
        data.name == .oxfordPets ? data.task.yamlText : "the class of each image"
    }
}

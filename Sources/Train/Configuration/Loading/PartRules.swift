import NN
import Support

extension ConfigurationRule {
    /// Rules about parts of a model that a configuration names.
    static let partRules = [
        ConfigurationRule(paths: ["fine_tuning.freeze", "model.name", "data.task"]) { values in
            unknownPart(in: values.fineTuning.freeze, "fine_tuning.freeze", values)
        },
        ConfigurationRule(paths: ["fine_tuning.unfreeze", "model.name", "data.task"]) { values in
            for part in values.fineTuning.unfreeze {
                if let text = unknownPart(in: part.match, "fine_tuning.unfreeze", values) {
                    return text
                }
            }
            return nil
        },
        ConfigurationRule(paths: ["optimizer.groups", "model.name", "data.task"]) { values in
            for group in values.optimizer.groups {
                if let text = unknownPart(in: group.match, "optimizer.groups", values) {
                    return text
                }
                if group.learningRate != nil, group.learningRateFactor != nil {
                    return
                        "'optimizer.groups' has both 'learning_rate' and 'learning_rate_factor' for "
                        + "\(group.match.yamlText); remove one"
                }
            }
            return nil
        },
        ConfigurationRule(paths: [
            "fine_tuning.freeze", "fine_tuning.unfreeze", "model.name", "data.task",
        ]) {
            values in
            guard let plan = FreezingPlan(values) else { return nil }
            if let stranger = plan.unfrozenTwice {
                return
                    "'fine_tuning.unfreeze' names '\(stranger)', which 'fine_tuning.freeze' does "
                    + "not freeze; add it there, or remove it here"
            }
            guard plan.trainsNothingAtFirst else { return nil }
            return
                "'fine_tuning.freeze' leaves nothing of \(values.model.name) to train; leave out at "
                + "least 'head'"
        },
    ]

    /// What is wrong with the first of `patterns` that names no parameter.
    private static func unknownPart(
        in patterns: ParameterPatterns, _ key: String, _ values: Configuration
    ) -> String? {
        guard !patterns.patterns.isEmpty,
            let outline = try? ModelRegistry.outline(
                of: values.model.name, tasks: values.data.tasks),
            let unknown = patterns.patterns.first(where: { outline.keys(matching: $0).isEmpty })
        else { return nil }
        let hint = outline.suggestion(for: unknown).map { "did you mean '\($0)'? " } ?? ""
        return
            "'\(key)' names '\(unknown)', which is no part of \(values.model.name) that is trained; "
            + "\(hint)its stages are \(outline.stageNames.joined(separator: ", ")), its parameters have "
            + "keys such as \(outline.keys.first ?? "")"
    }
}

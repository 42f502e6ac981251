import NN

/// When each parameter of a model begins to be trained, by `fine_tuning.freeze` and `unfreeze`.
struct FreezingPlan {
    /// The moments of the keys that are frozen at first; nil for never.
    let starts: [String: TrainingLength?]
    /// A part that is to be unfrozen but is not frozen.
    let unfrozenTwice: String?
    /// Whether every parameter is frozen at first.
    let trainsNothingAtFirst: Bool

    /// The plan of `configuration`; nil where its model is unknown or nothing is frozen or unfrozen.
    init?(_ configuration: Configuration) {
        let settings = configuration.fineTuning
        guard !settings.freeze.patterns.isEmpty || !settings.unfreeze.isEmpty,
            let outline = try? ModelRegistry.outline(
                of: configuration.model.name, tasks: configuration.data.tasks)
        else { return nil }
        self.init(settings, outline)
    }

    init(_ settings: FineTuningConfiguration, _ outline: ModelOutline) {
        var starts: [String: TrainingLength?] = [:]
        for key in settings.freeze.patterns.flatMap(outline.keys(matching:)) {
            starts.updateValue(nil, forKey: key)
        }
        var stranger: String?
        for part in settings.unfreeze {
            for pattern in part.match.patterns {
                for key in outline.keys(matching: pattern) {
                    if starts[key] == nil { stranger = stranger ?? pattern }
                    starts.updateValue(part.at, forKey: key)
                }
            }
        }
        self.starts = starts
        unfrozenTwice = stranger
        trainsNothingAtFirst = outline.keys.allSatisfy { starts[$0] != nil }
    }

    /// The update from which on the parameter `key` is trained; `Int.max` for never.
    func firstStep(of key: String, stepsPerEpoch: Int) -> Int {
        guard let start = starts[key] else { return 0 }
        return start?.steps(stepsPerEpoch: stepsPerEpoch) ?? .max
    }
}

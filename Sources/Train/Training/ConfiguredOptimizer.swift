import NN

extension Configuration {
    /// The optimiser of `model`'s parameters.
    func makeOptimizer(for model: any PredictionModel) -> any Optimizer {
        let groups = parameterGroups(of: model)
        switch optimizer.name {
        case .sgd:
            return SGD(
                groups, momentum: Float(optimizer.momentum),
                dampening: Float(optimizer.dampening), nesterov: optimizer.nesterov,
                clipping: clipping)
        case .adamw:
            return AdamW(
                groups, beta1: Float(optimizer.betas[0]), beta2: Float(optimizer.betas[1]),
                epsilon: Float(optimizer.epsilon), clipping: clipping)
        case .muon:
            let isHidden = Self.hiddenKeys(of: model)
            let muon = Muon(
                groups.keeping(isHidden.contains), momentum: Float(optimizer.momentum),
                nesterov: optimizer.nesterov, steps: optimizer.newtonSchulzSteps,
                normalizesFilters: optimizer.normalizeFilters)
            let others = groups.keeping { !isHidden.contains($0) }
            return CombinedOptimizer([muon, optimizer.others.rule(others)], clipping: clipping)
        }
    }

    private var clipping: GradientClipping {
        if let norm = optimizer.gradientClipNorm { return .norm(Float(norm)) }
        if let value = optimizer.gradientClipValue { return .value(Float(value)) }
        return .none
    }

    /// The keys of filters and matrices before the last layer: what Muon moves.
    private static func hiddenKeys(of model: any PredictionModel) -> Set<String> {
        Set(
            model.namedParameters.filter {
                $0.parameter.role != .vector && !model.isClassifier($0.key)
            }.map(\.key))
    }

    /// The parameters of `model` by what the configuration says about their learning rate and decay.
    package func parameterGroups(of model: any PredictionModel) -> [ParameterGroup] {
        let isMuon = optimizer.name == .muon
        let groups = ParameterGroup.of(
            model,
            weightDecay: Float(isMuon ? optimizer.others.weightDecay : optimizer.weightDecay),
            decaysVectors: optimizer.decayNormAndBias,
            normBiasFactor: Float(optimizer.normBiasLearningRateFactor))
        let hidden = isMuon ? Self.hiddenKeys(of: model) : []
        let otherFactor =
            isMuon ? Float(optimizer.others.learningRate / optimizer.learningRate) : 1
        let outline = ModelOutline(of: model)
        let stageFactors = stageFactors(outline)
        let changes = optimizer.groups.map { group in
            (group: group, keys: Set(group.match.patterns.flatMap(outline.keys(matching:))))
        }
        return ParameterGroup.adjusting(groups) { key, settings in
            if hidden.contains(key) {
                settings.weightDecay = Float(optimizer.weightDecay)
                settings.learningRateFactor = 1
            } else {
                settings.learningRateFactor *= otherFactor
            }
            settings.learningRateFactor *= stageFactors[key] ?? 1
            if model.isClassifier(key) {
                settings.learningRateFactor *= Float(fineTuning.headLearningRateFactor)
            }
            for (group, keys) in changes where keys.contains(key) {
                settings.apply(group, highestRate: optimizer.learningRate)
            }
        }
    }

    /// The factors of `fine_tuning.layer_decay` by key.
    private func stageFactors(_ outline: ModelOutline) -> [String: Float] {
        guard fineTuning.layerDecay != 1 else { return [:] }
        var factors: [String: Float] = [:]
        var factor = 1.0
        for part in outline.parts.reversed() {
            for key in part.keys { factors[key] = Float(factor) }
            factor *= fineTuning.layerDecay
        }
        return factors
    }
}

extension ParameterGroup.Settings {
    /// Does what `group` says; its learning rate is in place of `highestRate`, which the schedule scales.
    fileprivate mutating func apply(_ group: ParameterGroupConfiguration, highestRate: Double) {
        if let rate = group.learningRate { learningRateFactor = Float(rate / highestRate) }
        if let factor = group.learningRateFactor { learningRateFactor *= Float(factor) }
        if let decay = group.weightDecay { weightDecay = Float(decay) }
    }
}

extension [ParameterGroup] {
    /// The groups with those of their parameters whose keys fit.
    fileprivate func keeping(_ fits: (String) -> Bool) -> [ParameterGroup] {
        compactMap { group in
            var group = group
            group.parameters = group.parameters.filter { fits($0.key) }
            return group.parameters.isEmpty ? nil : group
        }
    }
}

extension OtherParametersConfiguration {
    /// The optimiser of `groups`.
    fileprivate func rule(_ groups: [ParameterGroup]) -> any Optimizer {
        switch name {
        case .sgd: SGD(groups, momentum: Float(momentum), nesterov: nesterov)
        case .adamw:
            AdamW(
                groups, beta1: Float(betas[0]), beta2: Float(betas[1]), epsilon: Float(epsilon))
        }
    }
}

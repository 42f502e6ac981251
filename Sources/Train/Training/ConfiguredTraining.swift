import Inference
import NN
import Tensor

// What a configuration means in terms of models, optimisers and steps.
extension Configuration {
    /// Changes to the model.
    var modelOptions: ModelOptions {
        ModelOptions(
            zeroInitResidual: model.zeroInitResidual, dropout: model.dropout.map { Float($0) },
            batchNormMomentum: model.batchNormMomentum.map { Float($0) },
            batchNormEpsilon: model.batchNormEpsilon.map { Float($0) })
    }

    /// The stages whose values are computed again in the backward pass.
    func recomputedStages(of model: some StagedModel) -> Set<String> {
        self.model.recompute.names(among: model.stageNames)
    }

    /// The model with its first weights: random ones, or those of `model.checkpoint`. What some
    /// models compute from the data is still to come: `initializeFromData`.
    func makeModel(classCount: Int) throws -> any ClassificationModel {
        let made = try ModelRegistry.make(
            model.name, classCount: classCount, seed: seed, options: modelOptions)
        if let path = model.checkpoint { try ModelFile.loadTrunk(of: path, into: made) }
        return made
    }

    /// The optimiser of `model`'s parameters.
    func makeOptimizer(for model: any ClassificationModel) -> any Optimizer {
        let groups = ParameterGroup.of(
            model, weightDecay: Float(optimizer.weightDecay),
            decaysVectors: optimizer.decayNormAndBias,
            normBiasFactor: Float(optimizer.normBiasLearningRateFactor))
        let clipping: GradientClipping =
            if let norm = optimizer.gradientClipNorm {
                .norm(Float(norm))
            } else if let value = optimizer.gradientClipValue { .value(Float(value)) } else {
                .none
            }
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
        }
    }

    /// Pictures computed at a time when the model is measured.
    public var evaluationBatchSize: Int { evaluation.batchSize ?? batchSize }

    /// The threads that prepare batches.
    public var loaderWorkers: Int { data.workers ?? min(4, max(1, ThreadPool.availableCores)) }
}

extension EvaluationConfiguration.Metric {
    /// The figure of this metric in a row of the history.
    func value(in row: HistoryRow) -> Double? {
        switch self {
        case .accuracy: row.validationAccuracy
        case .loss: row.validationLoss
        case .macroF1: row.extras.first { $0.name == "validation_macro_f1" }?.value
        case .rocAUC: row.extras.first { $0.name == "validation_roc_auc" }?.value
        }
    }
}

extension Duration {
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}

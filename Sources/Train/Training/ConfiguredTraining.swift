import Datasets
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

    /// The model with random weights for what is learned. What it starts from instead, or computes from
    /// the data, is still to come: `loadFirstWeights`.
    func makeModel(for targets: [Target]) throws -> any PredictionModel {
        try ModelRegistry.make(
            model.name,
            heads: targets.map { ModelHead($0.task, classCount: $0.classNames.count) },
            seed: seed, options: modelOptions)
    }

    /// The number on the validation images that says which model is best.
    var judgingMetric: EvaluationConfiguration.Metric {
        evaluation.metric ?? (data.tasks[0] == .segmentation ? .meanIoU : .accuracy)
    }

    /// The weights that are judged, kept as the best and measured at the end.
    public var measuredWeights: ModelWeights { evaluation.weights ?? (ema == nil ? .raw : .ema) }

    /// Updates in an epoch of `batchCount` batches.
    public func updatesPerEpoch(batchCount: Int) -> Int {
        (batchCount + accumulate - 1) / accumulate
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
        case .meanIoU: row.extras.first { $0.name == "validation_mean_iou" }?.value
        }
    }
}

extension Duration {
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}

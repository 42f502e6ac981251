/// The figures of an evaluation that are about all classes together, by their names in `report.json`.
public enum Figure: String, Sendable, CaseIterable {
    case accuracy
    case top2 = "top_2_accuracy"
    case top3 = "top_3_accuracy"
    case top5 = "top_5_accuracy"
    case balancedAccuracy = "balanced_accuracy"
    case macroPrecision = "macro_precision"
    case macroRecall = "macro_recall"
    case macroF1 = "macro_f1"
    case weightedPrecision = "weighted_precision"
    case weightedRecall = "weighted_recall"
    case weightedF1 = "weighted_f1"
    case matthewsCorrelation = "matthews_correlation"
    case cohensKappa = "cohens_kappa"
    case rocBinary = "roc_auc_binary"
    case rocMacro = "roc_auc_ovr_macro"
    case rocWeighted = "roc_auc_ovr_weighted"
    case rocMicro = "roc_auc_ovr_micro"
    case pairwiseMacro = "roc_auc_ovo_macro"
    case pairwiseWeighted = "roc_auc_ovo_weighted"
    case precisionBinary = "average_precision_binary"
    case precisionMacro = "average_precision_macro"
    case precisionWeighted = "average_precision_weighted"
    case precisionMicro = "average_precision_micro"
    case logLoss = "log_loss"
    case brierScore = "brier_score"
    case expectedError = "expected_calibration_error"
    case adaptiveError = "adaptive_calibration_error"
    case maximumError = "maximum_calibration_error"
    case scaledLogLoss = "scaled_log_loss"
    case scaledBrierScore = "scaled_brier_score"
    case scaledExpectedError = "scaled_expected_calibration_error"
    case scaledAdaptiveError = "scaled_adaptive_calibration_error"
    case scaledMaximumError = "scaled_maximum_calibration_error"

    /// The `k` of a top-k accuracy; nil for the others.
    var topK: Int? {
        switch self {
        case .top2: 2
        case .top3: 3
        case .top5: 5
        default: nil
        }
    }

    /// Whether the figure says something about `classCount` classes that no other one says.
    func isTelling(classCount: Int) -> Bool {
        if let topK { return topK < classCount }
        switch self {
        case .rocBinary, .precisionBinary: return classCount == 2
        case .rocMacro, .rocWeighted, .rocMicro, .pairwiseMacro, .pairwiseWeighted,
            .precisionMacro, .precisionWeighted, .precisionMicro:
            return classCount > 2
        default: return true
        }
    }
}

/// The figures of an evaluation that every class has.
public enum ClassFigure: Int, Sendable, CaseIterable {
    case precision, recall, f1Score, rocArea, averagePrecision
}

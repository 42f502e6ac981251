import Support

extension Evaluation {
    /// `accuracy` and `classification_report` (scikit-learn's dictionary) come first.
    var jsonMembers: [(key: String, value: JSONValue)] {
        [
            ("accuracy", .number(accuracy)), ("classification_report", classification.json),
            ("top_5_accuracy", top5Accuracy.map(JSONValue.number) ?? .null),
            ("macro_f1", .number(classification.macroAverage.f1Score)),
            ("log_loss", logLoss.json), ("brier_score", brierScore.json), ("roc_auc", rocJSON),
            ("average_precision", averagePrecisionJSON), ("figures", figuresJSON),
            ("intervals", intervalsJSON), ("calibration", calibrationJSON),
            ("thresholds", thresholdsJSON), ("undefined", undefinedJSON(furtherScores)),
            ("sample_count", .integer(predictions.sampleCount)),
            ("class_names", .array(predictions.classNames.map(JSONValue.string))),
            ("confusion_matrix", confusionMatrix.json), ("most_confused", mostConfusedJSON),
            ("worst_mistakes", mistakesJSON),
        ]
    }

    private var rocJSON: JSONValue {
        return [
            "value": roc.headline.json,
            "kind": .string(roc.binary == nil ? "macro, one-vs-rest" : "binary"),
            "macro": roc.macro.json, "weighted": roc.weighted.json,
            "micro": microROC.json,
            "one_vs_one": [
                "macro": pairwiseROC.macro.json,
                "weighted": pairwiseROC.weighted.json,
            ],
            "per_class": .array(roc.perClass.map(\.json)),
            "skipped_classes": .array(
                roc.skippedClasses.map { .string(predictions.classNames[$0]) }),
        ]
    }

    private var averagePrecisionJSON: JSONValue {
        let precision = averagePrecision
        return [
            "value": precision.headline.json,
            "kind": .string(precision.binary == nil ? "macro, one-vs-rest" : "binary"),
            "macro": precision.macro.json, "weighted": precision.weighted.json,
            "micro": precision.micro.json,
            "per_class": .array(precision.perClass.map(\.json)),
            "skipped_classes": .array(
                precision.skippedClasses.map { .string(predictions.classNames[$0]) }),
        ]
    }

    /// How the intervals were found, and those of the single classes.
    private var intervalsJSON: JSONValue {
        guard let intervals else { return .null }
        func list(_ figure: ClassFigure) -> JSONValue {
            .array(
                predictions.classNames.indices.map {
                    intervals[figure, class: $0]?.json ?? .null
                })
        }
        return [
            "method": "percentile bootstrap over samples",
            "confidence": .number(intervals.bootstrap.confidence),
            "resamples": .integer(intervals.bootstrap.resampleCount),
            "ranking_resamples": .integer(intervals.rankingResampleCount),
            "seed": .string(String(intervals.bootstrap.seed)),
            "per_class": [
                "precision": list(.precision), "recall": list(.recall), "f1-score": list(.f1Score),
                "roc_auc": list(.rocArea), "average_precision": list(.averagePrecision),
            ],
        ]
    }

    private var calibrationJSON: JSONValue {
        let (kind, count) =
            switch calibration.source {
            case .validation(let count): ("validation", count)
            case .measuredSamples: ("measured samples", predictions.sampleCount)
            }
        return [
            "temperature": calibration.temperature.json,
            "fitted_on": .string(kind), "fitted_count": .integer(count),
            "bins": bins(calibration.reliability),
            "scaled_bins": bins(calibration.scaled?.reliability),
        ]
    }

    private func bins(_ reliability: Reliability?) -> JSONValue {
        guard let reliability else { return .null }
        return .array(
            reliability.bins.map { bin in
                [
                    "lower": .number(bin.range.lowerBound), "upper": .number(bin.range.upperBound),
                    "count": .integer(bin.count),
                    "confidence": bin.confidence.map(JSONValue.number) ?? .null,
                    "accuracy": bin.accuracy.map(JSONValue.number) ?? .null,
                ]
            })
    }

    private var thresholdsJSON: JSONValue {
        guard let table = thresholds else { return .null }
        return [
            "positive_class": .string(predictions.classNames[1]),
            "best_f1": .number(table.bestF1.threshold),
            "best_youden": .number(table.bestYouden.threshold),
            "rows": .array(table.rows.map(\.json)),
        ]
    }

    private var furtherScores: [(key: String, score: Score)] {
        var scores = [(key: "roc_auc", score: roc.headline)]
        for (index, score) in roc.perClass.enumerated() {
            scores.append(("roc_auc.per_class[\(index)]", score))
        }
        scores.append(("average_precision", averagePrecision.headline))
        for (index, score) in averagePrecision.perClass.enumerated() {
            scores.append(("average_precision.per_class[\(index)]", score))
        }
        scores.append(("calibration.temperature", calibration.temperature))
        return scores
    }

    private var mostConfusedJSON: JSONValue {
        let names = predictions.classNames
        return .array(
            confusionMatrix.topConfusions(limit: 20).map { confusion in
                [
                    "label": .string(names[confusion.label]),
                    "predicted": .string(names[confusion.predicted]),
                    "count": .integer(confusion.count), "rate": .number(confusion.rate),
                ]
            })
    }

    private var mistakesJSON: JSONValue {
        return .array(
            predictions.worstMistakes(limit: 24).map { sample in
                [
                    "index": .integer(predictions.sampleIndices[sample]),
                    "name": .string(predictions.sampleNames[sample]),
                    "label": .string(predictions.classNames[Int(predictions.labels[sample])]),
                    "predicted": .string(
                        predictions.classNames[Int(predictions.predictedLabels[sample])]),
                    "confidence": .number(Double(predictions.confidence(sample))),
                ]
            })
    }
}

extension ThresholdTable.Row {
    fileprivate var json: JSONValue {
        [
            "threshold": .number(threshold), "precision": .number(precision),
            "recall": .number(recall), "specificity": .number(specificity),
            "f1-score": .number(f1Score), "youden": .number(youden),
            "true_positives": .integer(truePositives), "false_positives": .integer(falsePositives),
            "false_negatives": .integer(falseNegatives), "true_negatives": .integer(trueNegatives),
        ]
    }
}

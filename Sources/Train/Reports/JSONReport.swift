import Support

extension ReportContent {
    /// The report for programs.
    ///
    /// `accuracy` and `classification_report` (scikit-learn's dictionary) come first. An undefined
    /// metric is `null`, and `undefined` says why. `confusion_matrix` has the true classes as rows.
    public var json: JSONValue {
        let predictions = evaluation.predictions
        var members: [(key: String, value: JSONValue)] = [
            ("accuracy", .number(evaluation.accuracy)),
            ("classification_report", evaluation.classification.json),
            ("top_5_accuracy", evaluation.top5Accuracy.map(JSONValue.number) ?? .null),
            ("macro_f1", .number(evaluation.classification.macroAverage.f1Score)),
            ("log_loss", evaluation.logLoss.json),
            ("brier_score", evaluation.brierScore.json),
            ("roc_auc", rocJSON),
            ("average_precision", averagePrecisionJSON),
            ("figures", figuresJSON),
            ("intervals", intervalsJSON),
            ("calibration", calibrationJSON),
            ("thresholds", thresholdsJSON),
            ("undefined", undefinedJSON),
            ("sample_count", .integer(predictions.sampleCount)),
            ("class_names", .array(predictions.classNames.map(JSONValue.string))),
            ("confusion_matrix", confusionJSON),
            ("most_confused", mostConfusedJSON),
            ("title", .string(title)), ("model", .string(modelName)), ("data", .string(dataName)),
            ("epochs", epochCount.map(JSONValue.integer) ?? .null),
            ("training_seconds", trainingSeconds.map(JSONValue.number) ?? .null),
            ("peak_memory_bytes", peakMemory.map(JSONValue.integer) ?? .null),
            (
                "seed",
                seed.map { Int(exactly: $0).map(JSONValue.integer) ?? .string("\($0)") } ?? .null
            ),
            ("date", date.map(JSONValue.string) ?? .null),
            ("git", git?.json ?? .null),
            ("reproduce_command", reproduceCommand.map(JSONValue.string) ?? .null),
            ("serve_command", serveCommand.map(JSONValue.string) ?? .null),
            ("history", .array(history.map(\.json))),
            ("worst_mistakes", mistakesJSON),
        ]
        members.append(("environment", environment?.json ?? .null))
        members.append(("configuration", configuration.map(JSONValue.string) ?? .null))
        members.append(("notes", .array(notes.map(JSONValue.string))))
        return .object(members)
    }

    private var rocJSON: JSONValue {
        let roc = evaluation.roc
        return [
            "value": roc.headline.json,
            "kind": .string(roc.binary == nil ? "macro, one-vs-rest" : "binary"),
            "macro": roc.macro.json, "weighted": roc.weighted.json,
            "micro": evaluation.microROC.json,
            "one_vs_one": [
                "macro": evaluation.pairwiseROC.macro.json,
                "weighted": evaluation.pairwiseROC.weighted.json,
            ],
            "per_class": .array(roc.perClass.map(\.json)),
            "skipped_classes": .array(
                roc.skippedClasses.map { .string(evaluation.predictions.classNames[$0]) }),
        ]
    }

    private var averagePrecisionJSON: JSONValue {
        let precision = evaluation.averagePrecision
        return [
            "value": precision.headline.json,
            "kind": .string(precision.binary == nil ? "macro, one-vs-rest" : "binary"),
            "macro": precision.macro.json, "weighted": precision.weighted.json,
            "micro": precision.micro.json,
            "per_class": .array(precision.perClass.map(\.json)),
            "skipped_classes": .array(
                precision.skippedClasses.map { .string(evaluation.predictions.classNames[$0]) }),
        ]
    }

    /// Every figure about all classes with its interval.
    private var figuresJSON: JSONValue {
        .object(
            evaluation.figures.map { figure, score, interval in
                (
                    key: figure.rawValue,
                    value: ["value": score.json, "interval": interval?.json ?? .null]
                )
            })
    }

    /// How the intervals were found, and those of the single classes.
    private var intervalsJSON: JSONValue {
        guard let intervals = evaluation.intervals else { return .null }
        func list(_ figure: ClassFigure) -> JSONValue {
            .array(
                evaluation.predictions.classNames.indices.map {
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
        let calibration = evaluation.calibration
        let (kind, count) =
            switch calibration.source {
            case .validation(let count): ("validation", count)
            case .measuredSamples: ("measured samples", evaluation.predictions.sampleCount)
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
        guard let table = evaluation.thresholds else { return .null }
        return [
            "positive_class": .string(evaluation.predictions.classNames[1]),
            "best_f1": .number(table.bestF1.threshold),
            "best_youden": .number(table.bestYouden.threshold),
            "rows": .array(table.rows.map(\.json)),
        ]
    }

    private var undefinedJSON: JSONValue {
        var reasons: [(key: String, value: JSONValue)] = []
        func add(_ key: String, _ score: Score) {
            if let reason = score.reason { reasons.append((key, .string(reason))) }
        }
        for (figure, score, _) in evaluation.figures { add(figure.rawValue, score) }
        add("roc_auc", evaluation.roc.headline)
        for (index, score) in evaluation.roc.perClass.enumerated() {
            add("roc_auc.per_class[\(index)]", score)
        }
        add("average_precision", evaluation.averagePrecision.headline)
        for (index, score) in evaluation.averagePrecision.perClass.enumerated() {
            add("average_precision.per_class[\(index)]", score)
        }
        add("calibration.temperature", evaluation.calibration.temperature)
        return .object(reasons)
    }

    private var confusionJSON: JSONValue {
        let matrix = evaluation.confusionMatrix
        return .array(
            (0..<matrix.classCount).map { label in
                .array((0..<matrix.classCount).map { .integer(matrix[label, $0]) })
            })
    }

    private var mostConfusedJSON: JSONValue {
        let names = evaluation.predictions.classNames
        return .array(
            evaluation.confusionMatrix.topConfusions(limit: 20).map { confusion in
                [
                    "label": .string(names[confusion.label]),
                    "predicted": .string(names[confusion.predicted]),
                    "count": .integer(confusion.count), "rate": .number(confusion.rate),
                ]
            })
    }

    private var mistakesJSON: JSONValue {
        let predictions = evaluation.predictions
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

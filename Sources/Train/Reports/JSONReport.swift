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
            ("roc_auc", rocJSON),
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
            "per_class": .array(roc.perClass.map(\.json)),
            "skipped_classes": .array(
                roc.skippedClasses.map { .string(evaluation.predictions.classNames[$0]) }),
        ]
    }

    private var undefinedJSON: JSONValue {
        var reasons: [(key: String, value: JSONValue)] = []
        func add(_ key: String, _ score: Score) {
            if let reason = score.reason { reasons.append((key, .string(reason))) }
        }
        add("log_loss", evaluation.logLoss)
        add("roc_auc", evaluation.roc.headline)
        for (index, score) in evaluation.roc.perClass.enumerated() {
            add("roc_auc.per_class[\(index)]", score)
        }
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

import Support

extension SegmentationEvaluation {
    /// `mean_iou`, `mean_dice` and `pixel_accuracy` come first.
    var jsonMembers: [(key: String, value: JSONValue)] {
        let heads: [SegmentationFigure] = [.meanIoU, .meanDice, .pixelAccuracy, .logLoss]
        let further = predictions.classNames.indices.flatMap { index in
            rules.flatMap { rule in
                OverlapFigure.allCases.map { figure in
                    (
                        key: "classes[\(index)].\(name(figure, rule))",
                        score: score(figure, of: index, rule)
                    )
                }
            }
        }.filter { $0.score.reason != nil }
        return heads.map { ($0.rawValue, score($0).json) } + [
            ("figures", figuresJSON), ("intervals", intervalsJSON), ("classes", classesJSON),
            ("undefined", undefinedJSON(further)),
            ("sample_count", .integer(predictions.sampleCount)),
            ("pixel_count", .integer(confusionMatrix.sampleCount)),
            ("class_names", .array(predictions.classNames.map(JSONValue.string))),
            ("border_class", borderClass == nil ? .null : .string(borderName)),
            ("confusion_matrix", confusionMatrix.json), ("image_mean_iou", imagesJSON),
            ("worst_images", worstJSON),
        ]
    }

    private func name(_ figure: OverlapFigure, _ rule: BorderRule) -> String {
        rule == .counted ? figure.rawValue : "\(figure.rawValue)_without_border"
    }

    private var intervalsJSON: JSONValue {
        guard let bootstrap else { return .null }
        return [
            "method": "percentile bootstrap over images",
            "confidence": .number(bootstrap.confidence),
            "resamples": .integer(bootstrap.resampleCount),
            "seed": .string(String(bootstrap.seed)),
        ]
    }

    private var classesJSON: JSONValue {
        let counts = confusionMatrix.labelCounts
        return .array(
            predictions.classNames.enumerated().map { index, name in
                var members: [(key: String, value: JSONValue)] = [
                    ("name", .string(name)), ("pixels", .integer(counts[index])),
                    ("share", pixelShare(of: index).map(JSONValue.number) ?? .null),
                ]
                for rule in rules {
                    for figure in OverlapFigure.allCases {
                        let value: JSONValue = [
                            "value": score(figure, of: index, rule).json,
                            "interval": interval(figure, of: index, rule)?.json ?? .null,
                        ]
                        members.append((self.name(figure, rule), value))
                    }
                }
                return .object(members)
            })
    }

    /// How the mean IoU of the single images is distributed.
    private var imagesJSON: JSONValue {
        let shares = [0, 0.25, 0.5, 0.75, 1]
        let names = ["minimum", "lower_quartile", "median", "upper_quartile", "maximum"]
        return .object(
            zip(names, imageQuantiles(shares)).map {
                ($0, $1.map(JSONValue.number) ?? .null)
            })
    }

    private var worstJSON: JSONValue {
        let scores = imageIoU()
        return .array(
            ranking.prefix(24).map { sample in
                [
                    "index": .integer(predictions.samples[sample].index),
                    "name": .string(predictions.samples[sample].name),
                    "mean_iou": scores[sample].map(JSONValue.number) ?? .null,
                ]
            })
    }
}

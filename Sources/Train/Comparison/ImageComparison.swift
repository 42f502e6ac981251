import Support

/// How well two models have segmented the same images.
public struct ImageComparison: Sendable {
    /// The mean IoU of an image that changed.
    public struct Change: Sendable {
        /// Its position in the predictions.
        public let sample: Int
        /// The mean IoU of each.
        public let a: Double, b: Double
        /// B − A.
        public var difference: Double { b - a }
    }

    /// What both said.
    public let a: SegmentationPredictions, b: SegmentationPredictions
    /// The images whose mean IoU differs, the largest loss first.
    public let changes: [Change]

    private let borderClass: Int?

    /// Compares the answers to the same images.
    ///
    /// - Parameter borderClass: The class that is ignored as well.
    init(_ a: SegmentationPredictions, _ b: SegmentationPredictions, borderClass: String?) {
        self.a = a
        self.b = b
        self.borderClass = borderClass.flatMap(a.classNames.firstIndex)
        changes = zip(a.samples, b.samples).enumerated().compactMap { sample, pair in
            guard let x = pair.0.measures().value(.meanIoU),
                let y = pair.1.measures().value(.meanIoU), x != y
            else { return nil }
            return Change(sample: sample, a: x, b: y)
        }.sorted { ($0.difference, $0.sample) < ($1.difference, $1.sample) }
    }

    /// Why the truth is not the same; nil if it is.
    var disagreement: String? {
        let odd = a.samples.indices.first {
            a.samples[$0].confusionMatrix.labelCounts != b.samples[$0].confusionMatrix.labelCounts
        }
        return odd.map { sample in
            func counts(_ predictions: SegmentationPredictions) -> String {
                predictions.samples[sample].confusionMatrix.labelCounts.map(NumberText.grouped)
                    .joined(separator: " + ")
            }
            return "the true classes of '\(b.samples[sample].name)' have \(counts(b)) pixels, and "
                + "\(counts(a)) in the other; both must be measured at the same size"
        }
    }

    /// The figures for the whole, then the IoU of each class.
    func differences(_ bootstrap: Bootstrap) -> [FigureDifference] {
        let rules: [Int?] = borderClass == nil ? [nil] : [nil, borderClass]
        let figures: [(figure: SegmentationFigure, name: String)] = [
            (.meanIoU, "mean IoU"), (.meanDice, "mean Dice"), (.pixelAccuracy, "pixel accuracy"),
            (.logLoss, "log-loss"),
        ]
        let names = rules.flatMap { rule in
            figures.map { rule == nil ? $0.name : "\($0.name), no border" }
        }
        func measure(
            _ predictions: SegmentationPredictions
        ) -> (UnsafeBufferPointer<UInt32>) -> [Double] {
            let totals = rules.map { SegmentationTotals(predictions, leaving: $0) }
            return { counts in
                let measures = totals.map { $0.measures(counts) }
                let values = measures.flatMap { measures in
                    figures.map { measures.value($0.figure) ?? .nan }
                }
                return values
                    + a.classNames.indices.map { measures[0].value(.iou, of: $0) ?? .nan }
            }
        }
        return FigureDifference.paired(
            names + a.classNames, losses: [3, 7].filter { $0 < names.count },
            sampleCount: a.sampleCount, bootstrap, a: measure(a), b: measure(b))
    }
}

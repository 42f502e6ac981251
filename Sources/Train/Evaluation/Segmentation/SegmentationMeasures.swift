/// The figures of a segmentation over the pixels of a number of images, under one rule for the border.
///
/// A mean over the classes is over those that have a value: a class that neither occurs nor is
/// predicted has no IoU, and counts neither as 0 nor as 1.
public struct SegmentationMeasures: Sendable {
    /// The class that is left out; nil where all are counted.
    public let leftOut: Int?
    /// The counted pixels by true and predicted class; the row of a class left out is empty.
    public let confusionMatrix: ConfusionMatrix
    /// The overlap of each class; nil for the one that is left out.
    public let overlaps: [ClassOverlap?]
    private let loss: Double
    private let imageIoU: Double?

    /// - Parameters:
    ///   - matrix: All labelled pixels.
    ///   - losses: The sum of the negative log-probabilities over the pixels of each class.
    ///   - imageIoU: The mean over the images of the mean IoU of each.
    ///   - leftOut: A class that is not counted.
    init(_ matrix: ConfusionMatrix, losses: [Double], imageIoU: Double?, leaving leftOut: Int?) {
        self.leftOut = leftOut
        self.imageIoU = imageIoU
        var counts = matrix.counts
        var loss = 0.0
        for label in losses.indices {
            if label == leftOut {
                for column in losses.indices { counts[label * losses.count + column] = 0 }
            } else {
                loss += losses[label]
            }
        }
        self.loss = loss
        let matrix = ConfusionMatrix(counts: counts, classCount: losses.count)
        confusionMatrix = matrix
        overlaps = zip(matrix.labelCounts, matrix.predictedCounts).enumerated().map {
            $0 == leftOut
                ? nil
                : ClassOverlap(
                    trueCount: $1.0, predictedCount: $1.1, hitCount: matrix[$0, $0])
        }
    }

    /// The value of a figure; nil where it has none.
    public func value(_ figure: SegmentationFigure) -> Double? {
        let pixelCount = confusionMatrix.sampleCount
        guard pixelCount > 0 else { return nil }
        switch figure {
        case .meanIoU: return mean(.iou)
        case .meanDice: return mean(.dice)
        case .pixelAccuracy: return Double(confusionMatrix.correctCount) / Double(pixelCount)
        case .meanClassAccuracy: return mean(.recall)
        case .frequencyWeightedIoU:
            let terms = overlaps.compactMap { $0 }.map { Double($0.trueCount) * ($0[.iou] ?? 0) }
            return pairwiseSum(terms) / Double(pixelCount)
        case .imageIoU: return imageIoU
        case .logLoss: return loss.isFinite ? loss / Double(pixelCount) : nil
        }
    }

    /// The value of a figure of one class; nil where it has none.
    public func value(_ figure: OverlapFigure, of index: Int) -> Double? {
        overlaps[index]?[figure]
    }

    private func mean(_ figure: OverlapFigure) -> Double? {
        let values = overlaps.compactMap { $0?[figure] }
        return values.isEmpty ? nil : arithmeticMean(values)
    }

    /// The values of all figures, then those of all classes for each figure of a class; NaN for those
    /// without one.
    var values: [Double] {
        SegmentationFigure.allCases.map { value($0) ?? .nan }
            + OverlapFigure.allCases.flatMap { figure in
                overlaps.indices.map { value(figure, of: $0) ?? .nan }
            }
    }
}

/// How the pixels of a class and the pixels that were predicted as it overlap.
public struct ClassOverlap: Sendable, Equatable {
    /// The pixels of the class.
    public let trueCount: Int
    /// The pixels predicted as the class.
    public let predictedCount: Int
    /// The pixels that are both.
    public let hitCount: Int

    /// The value of a figure; nil where its denominator is 0.
    ///
    ///     IoU = TP / (TP + FP + FN)          Dice = F1 = 2·TP / (2·TP + FP + FN)
    ///     precision = TP / (TP + FP)         recall = TP / (TP + FN)
    public subscript(figure: OverlapFigure) -> Double? {
        switch figure {
        case .iou: Self.quotient(hitCount, trueCount + predictedCount - hitCount)
        case .dice: Self.quotient(2 * hitCount, trueCount + predictedCount)
        case .precision: Self.quotient(hitCount, predictedCount)
        case .recall: Self.quotient(hitCount, trueCount)
        }
    }

    private static func quotient(_ numerator: Int, _ denominator: Int) -> Double? {
        denominator == 0 ? nil : Double(numerator) / Double(denominator)
    }
}

/// The figures of a segmentation that every class has, by their names in `report.json`.
public enum OverlapFigure: String, Sendable, CaseIterable {
    case iou, dice, precision, recall
}

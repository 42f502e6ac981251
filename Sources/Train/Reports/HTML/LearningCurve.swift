/// A panel of learning curves: which columns of the history it shows, and what they are.
struct LearningCurve {
    /// What the columns measure.
    enum Kind {
        /// Smaller is better.
        case loss
        /// From 0 to 1, larger is better; written in percent.
        case share
        /// Neither good nor bad.
        case rate

        func text(_ value: Double) -> String {
            self == .share ? NumberText.percent(value) : NumberText.short(value)
        }
    }

    /// A column of the history.
    struct Line {
        /// The style class; that of `valid` lines has its best value marked.
        var style: String
        /// The name in the legend.
        var name: String?
        var column: String
    }

    var title: String
    var kind: Kind
    var lines: [Line]

    static let loss = LearningCurve(
        title: "Loss", kind: .loss,
        lines: [
            Line(style: "train", name: "training", column: "train_loss"),
            Line(style: "valid", name: "validation", column: "validation_loss"),
        ])

    /// The share of images, or of pixels, that are right.
    static func accuracy(_ title: String) -> LearningCurve {
        LearningCurve(
            title: title, kind: .share,
            lines: [
                Line(style: "train", name: "training", column: "train_accuracy"),
                Line(style: "valid", name: "validation", column: "validation_accuracy"),
            ])
    }

    /// A figure of a segmentation, under both rules for its border.
    static func segmentation(_ title: String, _ figure: SegmentationFigure) -> LearningCurve {
        let name = figure.rawValue
        let withoutBorder = BorderRule.ignored.name(figure)
        return LearningCurve(
            title: title, kind: .share,
            lines: [
                Line(style: "train", name: "training", column: "train_\(name)"),
                Line(
                    style: "second", name: "validation without border",
                    column: "validation_\(withoutBorder)"),
                Line(style: "valid", name: "validation", column: "validation_\(name)"),
            ])
    }

    static let learningRate = LearningCurve(
        title: "Learning rate", kind: .rate,
        lines: [Line(style: "rate", name: nil, column: "learning_rate")])
}

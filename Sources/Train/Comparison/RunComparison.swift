import Support

/// Two models measured on the same samples: is the second better?
///
/// Differences are B − A. Intervals and p-values come from resamples on which both models are measured
/// (the paired bootstrap), so what is hard for both cancels out.
public struct RunComparison: Sendable {
    /// What the models said about the single samples.
    public enum Answers: Sendable {
        /// Which pictures each has right.
        case classified(MistakeComparison)
        /// How well each has segmented the pictures.
        case segmented(ImageComparison)
    }

    /// Both runs.
    public let a: MeasuredRun, b: MeasuredRun
    /// The figures about all classes: of a classification accuracy, macro F1, log-loss and ROC-AUC; of a
    /// segmentation mean IoU, mean Dice, pixel accuracy and log-loss, those without the border below.
    public let figures: [FigureDifference]
    /// F1, or IoU, of each class, in their order.
    public let classes: [FigureDifference]
    /// What changed for the single samples.
    public let answers: Answers
    /// The keys of the configurations that differ; nil values where a run does not read the key.
    public let configuration: [(key: String, a: String?, b: String?)]
    /// The resamples.
    public let resampleCount: Int

    /// Compares two runs.
    ///
    /// - Throws: `FileError` when they do not do the same on the same samples of the same data.
    public init(_ a: MeasuredRun, _ b: MeasuredRun, bootstrap: Bootstrap) throws(FileError) {
        func refusal(_ message: String) -> FileError {
            FileError(path: b.path, message: "cannot be compared with \(a.path): \(message)")
        }
        if let message = Self.unlikeness(a, b) { throw refusal(message) }
        let classCount: Int
        let found: [FigureDifference]
        switch (a.predictions, b.predictions) {
        case (.classification(let p), .classification(let q)):
            let mistakes = MistakeComparison(p, q)
            if let message = mistakes.disagreement { throw refusal(message) }
            answers = .classified(mistakes)
            classCount = p.classCount
            found = mistakes.differences(bootstrap)
        case (.segmentation(let p), .segmentation(let q)):
            let images = ImageComparison(
                p, q, borderClass: a.borderClass == b.borderClass ? a.borderClass : nil)
            if let message = images.disagreement { throw refusal(message) }
            answers = .segmented(images)
            classCount = p.classCount
            found = images.differences(bootstrap)
        case (.classification, .segmentation):
            throw refusal("it segments images, the other classifies them")
        case (.segmentation, .classification):
            throw refusal("it classifies images, the other segments them")
        }
        self.a = a
        self.b = b
        resampleCount = bootstrap.resampleCount
        figures = Array(found.dropLast(classCount))
        classes = Array(found.suffix(classCount))
        configuration = Self.differences(a.configuration, b.configuration)
    }

    /// Of classifications, what changed for the single samples.
    public var mistakes: MistakeComparison? {
        if case .classified(let mistakes) = answers { return mistakes }
        return nil
    }

    /// The figure that each class has.
    var classFigure: String {
        switch answers {
        case .classified: "F1"
        case .segmented: "IoU"
        }
    }

    /// Why the runs were not measured on the same samples; nil if they were.
    private static func unlikeness(_ a: MeasuredRun, _ b: MeasuredRun) -> String? {
        let (p, q) = (a.predictions, b.predictions)
        guard p.task == q.task else { return nil }
        if let x = a.dataName, let y = b.dataName, x != y {
            return "it was measured on \(y), the other on \(x)"
        }
        guard p.classNames == q.classNames else {
            return "its classes are \(shortList(q.classNames)), those of the other "
                + shortList(p.classNames)
        }
        guard p.sampleCount == q.sampleCount else {
            return "it was measured on \(q.sampleCount) samples, the other on \(p.sampleCount); "
                + "residual evaluate --output measures both on the same"
        }
        guard p.sampleCount > 0 else { return "there are no samples" }
        let (names, otherNames) = (p.sampleNames, q.sampleNames)
        let (indices, otherIndices) = (p.sampleIndices, q.sampleIndices)
        let odd = names.indices.first {
            names[$0] != otherNames[$0] || indices[$0] != otherIndices[$0]
        }
        return odd.map {
            "sample \($0 + 1) is '\(otherNames[$0])', and '\(names[$0])' in the other"
        }
    }

    private static func shortList(_ names: [String]) -> String {
        names.count <= 6
            ? names.joined(separator: ", ")
            : names.prefix(5).joined(separator: ", ") + ", … (\(names.count))"
    }

    private static func differences(
        _ a: Configuration?, _ b: Configuration?
    ) -> [(key: String, a: String?, b: String?)] {
        guard let a, let b else { return [] }
        let (first, second) = (a.flattened, b.flattened)
        let valuesA = Dictionary(first.map { ($0.key, $0.value) }) { x, _ in x }
        let valuesB = Dictionary(second.map { ($0.key, $0.value) }) { x, _ in x }
        let keys = first.map(\.key) + second.map(\.key).filter { valuesA[$0] == nil }
        // Two runs always lie in two folders.
        return keys.filter { $0 != "output" && valuesA[$0] != valuesB[$0] }.map {
            ($0, valuesA[$0], valuesB[$0])
        }
    }
}

/// What a classifier said about a data set: the input of every metric and report.
///
/// Plain arrays, in the order of the samples; nothing here knows tensors or models.
public struct Predictions: Sendable {
    /// The name of each class; a label is an index into it.
    public let classNames: [String]
    /// The name of each sample, usually its path inside the data set.
    public let sampleNames: [String]
    /// The index of each sample in its data set.
    public let sampleIndices: [Int]
    /// The true class of each sample.
    public let labels: [Int32]
    /// One row per sample, one column per class, row-major: `[sampleCount * classCount]`.
    public let probabilities: [Float]
    /// The class of the largest probability of each row; the lower class where two are equal.
    public let predictedLabels: [Int32]

    /// The number of samples.
    public var sampleCount: Int { labels.count }
    /// The number of classes.
    public var classCount: Int { classNames.count }
    /// Whether no probability is infinite or NaN. A diverged network gives NaN.
    public let isFinite: Bool

    /// Collects the predictions for a data set.
    ///
    /// `sampleNames` and `sampleIndices` may be left out: indices then count from 0 and names
    /// repeat the indices. Counts that disagree and labels outside the class list are programmer
    /// errors.
    public init(
        classNames: [String], labels: [Int32], probabilities: [Float],
        sampleNames: [String]? = nil, sampleIndices: [Int]? = nil
    ) {
        let indices = sampleIndices ?? Array(labels.indices)
        let names = sampleNames ?? indices.map(String.init)
        Self.check(
            classCount: classNames.count, labels: labels, probabilityCount: probabilities.count,
            nameCount: names.count, indexCount: indices.count)
        self.classNames = classNames
        self.sampleNames = names
        self.sampleIndices = indices
        self.labels = labels
        self.probabilities = probabilities
        predictedLabels = Self.largest(of: probabilities, classCount: classNames.count)
        isFinite = probabilities.allSatisfy(\.isFinite)
    }

    /// The probabilities of one sample, `[classCount]`.
    public func row(_ sample: Int) -> ArraySlice<Float> {
        probabilities[sample * classCount..<(sample + 1) * classCount]
    }

    /// The probability of the predicted class.
    public func confidence(_ sample: Int) -> Float {
        probabilities[sample * classCount + Int(predictedLabels[sample])]
    }

    /// The wrongly classified samples, the most confident mistake first, at most `limit`.
    ///
    /// Among equal confidences the earlier sample comes first.
    public func worstMistakes(limit: Int) -> [Int] {
        let wrong = labels.indices.filter { labels[$0] != predictedLabels[$0] }
        let ordered = wrong.map { (sample: $0, confidence: confidence($0)) }.sorted {
            $0.confidence == $1.confidence
                ? $0.sample < $1.sample : $0.confidence > $1.confidence
        }
        return ordered.prefix(limit).map(\.sample)
    }

    private static func check(
        classCount: Int, labels: [Int32], probabilityCount: Int, nameCount: Int, indexCount: Int
    ) {
        guard classCount > 0 else { fatalError("predictions: there are no classes") }
        guard probabilityCount == labels.count * classCount else {
            fatalError(
                "predictions: \(labels.count) labels and \(classCount) classes need "
                    + "\(labels.count * classCount) probabilities, but "
                    + "there are \(probabilityCount)"
            )
        }
        guard nameCount == labels.count, indexCount == labels.count else {
            fatalError(
                "predictions: \(labels.count) labels, but \(nameCount) names and "
                    + "\(indexCount) indices")
        }
        if let wrong = labels.first(where: { $0 < 0 || Int($0) >= classCount }) {
            fatalError("predictions: label \(wrong) is outside the \(classCount) classes")
        }
    }

    private static func largest(of probabilities: [Float], classCount: Int) -> [Int32] {
        let sampleCount = probabilities.count / classCount
        return probabilities.withUnsafeBufferPointer { values in
            (0..<sampleCount).map { sample in
                Int32(
                    placeOfLargest(
                        UnsafeBufferPointer(
                            rebasing: values[sample * classCount..<(sample + 1) * classCount])))
            }
        }
    }
}

/// The place of the largest of some probabilities: the first where two are equal, and a NaN only
/// where all are.
func placeOfLargest(_ values: UnsafeBufferPointer<Float>) -> Int {
    var best = 0
    for place in 1..<max(values.count, 1)
    where values[place] > values[best] || (values[best].isNaN && !values[place].isNaN) {
        best = place
    }
    return best
}

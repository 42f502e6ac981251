/// The averages of a figure that some classes may not have.
struct ClassAverages {
    /// The plain mean of the defined values.
    let macro: Score
    /// Their mean, weighted by the number of samples of their class.
    let weighted: Score

    init(_ perClass: [Score], _ predictions: Predictions) {
        let defined = perClass.indices.filter { perClass[$0].value != nil }
        let values = defined.compactMap { perClass[$0].value }
        guard !values.isEmpty else {
            macro = .undefined(reason: predictions.reasonWithoutScores)
            weighted = macro
            return
        }
        let supports = predictions.supports
        macro = .value(arithmeticMean(values))
        let weights = defined.map { supports[$0] }
        weighted =
            weights.contains { $0 > 0 }
            ? .value(weightedMean(values, weights: weights))
            : .undefined(reason: predictions.reasonWithoutScores)
    }
}

extension Predictions {
    /// The number of samples of each class.
    var supports: [Int] {
        labels.reduce(into: [Int](repeating: 0, count: classCount)) { $0[Int($1)] += 1 }
    }

    /// The probability of one class for every sample.
    func column(_ index: Int) -> [Float] {
        stride(from: index, to: probabilities.count, by: classCount).map { probabilities[$0] }
    }

    /// For each probability, whether it is that of the true class.
    var isTrueClass: [Bool] {
        var marks = [Bool](repeating: false, count: probabilities.count)
        for (sample, label) in labels.enumerated() {
            marks[sample * classCount + Int(label)] = true
        }
        return marks
    }

    /// Why a figure of the ranking of samples is undefined for all classes.
    var reasonWithoutScores: String {
        if sampleCount == 0 { return "there are no samples" }
        if !isFinite { return "some probabilities are not finite" }
        return "only one class is present in the labels"
    }
}

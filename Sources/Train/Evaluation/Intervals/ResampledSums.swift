/// The confusion matrix of resamples, from how often each holds the samples.
struct ResampledMatrix {
    private let classCount: Int
    /// The place of each sample in the confusion matrix.
    private let cells: [Int]

    init(_ predictions: Predictions) {
        classCount = predictions.classCount
        cells = zip(predictions.labels, predictions.predictedLabels).map {
            Int($0) * predictions.classCount + Int($1)
        }
    }

    /// The matrix of the resample that holds each sample as often as `counts` says.
    func callAsFunction(_ counts: UnsafeBufferPointer<UInt32>) -> ConfusionMatrix {
        var matrix = [Int](repeating: 0, count: classCount * classCount)
        for sample in counts.indices { matrix[cells[sample]] += Int(counts[sample]) }
        return ConfusionMatrix(counts: matrix, classCount: classCount)
    }
}

/// The mean of `values` over the resample that holds each sample as often as `counts` says.
func resampledMean(_ values: [Double], _ counts: UnsafeBufferPointer<UInt32>) -> Double {
    var (sum, total) = (0.0, 0)
    for sample in counts.indices {
        sum += values[sample] * Double(counts[sample])
        total += Int(counts[sample])
    }
    return sum / Double(total)
}

/// The counts of all images side by side, to be summed again and again over resamples.
struct SegmentationTotals {
    /// The mean IoU of each image; NaN where it has none.
    let imageIoU: [Double]

    private let classCount: Int
    private let leftOut: Int?
    /// The cells of the confusion matrices, image by image.
    private let cells: [Int]
    /// The losses of the classes, image by image.
    private let losses: [Double]

    init(_ predictions: SegmentationPredictions, leaving leftOut: Int?) {
        classCount = predictions.classCount
        self.leftOut = leftOut
        cells = predictions.samples.flatMap(\.confusionMatrix.counts)
        losses = predictions.samples.flatMap(\.losses)
        imageIoU = predictions.samples.map {
            $0.measures(leaving: leftOut).value(.meanIoU) ?? .nan
        }
    }

    /// The measures of all images together.
    var measures: SegmentationMeasures {
        [UInt32](repeating: 1, count: imageIoU.count).withUnsafeBufferPointer { measures($0) }
    }

    /// The measures of the images, each of them taken as often as `counts` says.
    func measures(_ counts: UnsafeBufferPointer<UInt32>) -> SegmentationMeasures {
        let cellCount = classCount * classCount
        var summedCells = [Int](repeating: 0, count: cellCount)
        var summedLosses = [Double](repeating: 0, count: classCount)
        var (sum, count) = (0.0, 0.0)
        for sample in counts.indices where counts[sample] > 0 {
            let times = Int(counts[sample])
            for cell in 0..<cellCount {
                summedCells[cell] += times * cells[sample * cellCount + cell]
            }
            for label in 0..<classCount {
                summedLosses[label] += Double(times) * losses[sample * classCount + label]
            }
            guard !imageIoU[sample].isNaN else { continue }
            sum += Double(times) * imageIoU[sample]
            count += Double(times)
        }
        return SegmentationMeasures(
            ConfusionMatrix(counts: summedCells, classCount: classCount), losses: summedLosses,
            imageIoU: count > 0 ? sum / count : nil, leaving: leftOut)
    }
}

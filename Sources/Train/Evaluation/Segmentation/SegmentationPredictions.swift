import Datasets

/// What a segmentation model said about a data set, counted image by image: the input of every measure
/// and report of a segmentation, as `Predictions` is of a classification.
///
/// Masks are not kept; every measure follows from the counts.
public struct SegmentationPredictions: Sendable {
    /// What was counted in one image.
    public struct Sample: Sendable {
        /// The name of the image, usually its path inside the data set.
        public let name: String
        /// Its index in the data set.
        public let index: Int
        /// Its labelled pixels by true and predicted class.
        public let confusionMatrix: ConfusionMatrix
        /// The sum of −log p(true class) over the pixels of each true class, in nats: `[classCount]`; NaN
        /// where a probability is not finite.
        public let losses: [Double]

        /// Takes counts over.
        public init(name: String, index: Int, confusionMatrix: ConfusionMatrix, losses: [Double]) {
            guard losses.count == confusionMatrix.classCount else {
                fatalError(
                    "segmentation: \(losses.count) losses for \(confusionMatrix.classCount) classes"
                )
            }
            self.name = name
            self.index = index
            self.confusionMatrix = confusionMatrix
            self.losses = losses
        }

        /// The measures of this image alone.
        ///
        /// - Parameter leftOut: A class that is not counted.
        public func measures(leaving leftOut: Int? = nil) -> SegmentationMeasures {
            SegmentationMeasures(
                confusionMatrix, losses: losses, imageIoU: nil, leaving: leftOut)
        }
    }

    /// The name of each class; the classes of masks are indices into it.
    public let classNames: [String]
    /// The images, in the order in which they were added.
    public private(set) var samples: [Sample]

    /// The number of images.
    public var sampleCount: Int { samples.count }
    /// The number of classes.
    public var classCount: Int { classNames.count }

    /// Starts without images, or takes counted ones over.
    public init(classNames: [String], samples: [Sample] = []) {
        guard !classNames.isEmpty, classNames.count < Int(Mask.ignored),
            samples.allSatisfy({ $0.losses.count == classNames.count })
        else { fatalError("segmentation: \(classNames.count) classes; expected 1 to 254") }
        self.classNames = classNames
        self.samples = samples
    }

    /// Counts the pixels of an image.
    ///
    /// The predicted class of a pixel is that of its largest probability, the lower class where two are
    /// equal, and a NaN ranks below every number, as in `Predictions`. Counts that disagree and classes
    /// outside the list are programmer errors.
    ///
    /// - Parameters:
    ///   - name: The name of the image.
    ///   - index: Its index in the data set.
    ///   - truth: The class of each pixel, `[pixelCount]`; `Mask.ignored` ones are not counted.
    ///   - probabilities: One row per pixel, one column per class: `[pixelCount * classCount]`.
    public mutating func add(
        name: String, index: Int, truth: ArraySlice<UInt8>, probabilities: ArraySlice<Float>
    ) {
        let classCount = classCount
        guard probabilities.count == truth.count * classCount else {
            fatalError(
                "segmentation: \(truth.count) pixels and \(classCount) classes need "
                    + "\(truth.count * classCount) probabilities, but there are "
                    + "\(probabilities.count)")
        }
        var counts = [Int](repeating: 0, count: classCount * classCount)
        var losses = [Double](repeating: 0, count: classCount)
        truth.withUnsafeBufferPointer { truth in
            probabilities.withUnsafeBufferPointer { values in
                for (pixel, label) in truth.enumerated() where label != Mask.ignored {
                    let label = Int(label)
                    guard label < classCount else {
                        fatalError("segmentation: class \(label) is outside the \(classCount)")
                    }
                    let row = UnsafeBufferPointer(
                        rebasing: values[pixel * classCount..<(pixel + 1) * classCount])
                    counts[label * classCount + placeOfLargest(row)] += 1
                    losses[label] +=
                        row.allSatisfy(\.isFinite) ? negativeLogarithm(row[label]) : .nan
                }
            }
        }
        samples.append(
            Sample(
                name: name, index: index,
                confusionMatrix: ConfusionMatrix(counts: counts, classCount: classCount),
                losses: losses))
    }
}

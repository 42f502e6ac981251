import Datasets
import Tensor

/// A wrongly classified picture for the gallery of a report.
public struct MistakePicture: Sendable {
    /// The position of the sample in the predictions.
    public var sample: Int
    /// The picture as the bytes of a PNG file; about 100 to 200 pixels a side are enough.
    public var png: [UInt8]

    /// Pairs a sample with its picture.
    public init(sample: Int, png: [UInt8]) {
        self.sample = sample
        self.png = png
    }
}

/// A segmented picture for the gallery of a report: the picture, what is true, and what was predicted.
public struct SegmentationPicture: Sendable {
    /// The position of the sample in the predictions.
    public var sample: Int
    /// Why it is shown.
    public var example: SegmentationExample
    /// The picture, the true and the predicted classes as the bytes of PNG files of one size.
    public var photo: [UInt8], truth: [UInt8], prediction: [UInt8]

    /// Pairs a sample with its pictures.
    public init(
        sample: Int, example: SegmentationExample, photo: [UInt8], truth: [UInt8],
        prediction: [UInt8]
    ) {
        self.sample = sample
        self.example = example
        self.photo = photo
        self.truth = truth
        self.prediction = prediction
    }

    /// Draws both masks over the dimmed photo, in the size for a report; all three must be of one size.
    public init(
        sample: Int, example: SegmentationExample, photo: Image, truth: Mask, prediction: Mask
    ) {
        self.init(
            sample: sample, example: example, photo: encodePNG(photo.forReport),
            truth: encodePNG(photo.overlaid(with: truth).forReport),
            prediction: encodePNG(photo.overlaid(with: prediction).forReport))
    }
}

extension Image {
    /// The picture in a size for a report: small ones as they are (the page enlarges them without
    /// blurring), large ones reduced.
    var forReport: Image {
        let limit = 160
        guard max(width, height) > limit else { return self }
        let scale = Double(limit) / Double(max(width, height))
        return resized(
            to: Spatial(
                height: max(1, Int((Double(height) * scale).rounded())),
                width: max(1, Int((Double(width) * scale).rounded()))),
            interpolation: .bilinear)
    }
}

import Datasets
import Tensor
import Train

/// Made-up pictures of blobs with a border around them, and what a model with some blur says about them.
struct SegmentedPets {
    static let classNames = ["Pet", "<Background>", "Border"]
    static let side = 48

    /// How far predicted edges lie from the true ones, in pixels.
    var error: Float
    var seed: UInt64
    var count = 40

    /// A picture, its true classes, and the probabilities of a model.
    struct Sample {
        var photo: Image
        var truth: Mask
        var probabilities: [Float]
        /// The class of the largest probability of each pixel.
        var prediction: Mask {
            Mask(
                width: side, height: side,
                classes: (0..<side * side).map { pixel in
                    let row = probabilities[pixel * 3..<pixel * 3 + 3]
                    return UInt8(row.firstIndex(of: row.max()!)! - row.startIndex)
                })
        }
    }

    func sample(_ index: Int) -> Sample {
        var shape = RandomStream(seed: 5, purpose: .benchmark, index: index)
        var model = RandomStream(seed: seed, purpose: .benchmark, epoch: 1, index: index)
        let half = Float(Self.side) / 2
        let (x, y) = (half + 8 * (shape.uniform() - 0.5), half + 8 * (shape.uniform() - 0.5))
        let radius = 8 + 12 * shape.uniform()
        let shift = error * (model.uniform() + model.uniform() - 1) * (index % 7 == 0 ? 5 : 2)
        var (classes, pixels, probabilities) = ([UInt8](), [UInt8](), [Float]())
        for row in 0..<Self.side {
            for column in 0..<Self.side {
                let (dx, dy) = (Float(column) - x, Float(row) - y)
                let ripple = 2 * Float((row * 7 + column * 3) % 5) / 5
                let distance = (dx * dx + 1.4 * dy * dy).squareRoot() - radius
                classes.append(
                    row == 0 && index % 5 == 0 ? 255 : distance < -1 ? 0 : distance > 1.5 ? 1 : 2)
                let light = UInt8(120 + 5 * ((row + column) % 9))
                pixels += distance < 0 ? [light, light / 2, 60] : [70, light, light / 2]
                let seen = distance + shift + error * (ripple - 1) * (model.uniform() - 0.5)
                let scores = [max(0, -seen), max(0, seen - 0.5), max(0, 2.2 - abs(seen - 0.25))]
                let sum = scores.reduce(0.3, +)
                probabilities += scores.map { ($0 + 0.1) / sum }
            }
        }
        return Sample(
            photo: Image(width: Self.side, height: Self.side, pixels: pixels),
            truth: Mask(width: Self.side, height: Self.side, classes: classes),
            probabilities: probabilities)
    }

    var predictions: SegmentationPredictions {
        var predictions = SegmentationPredictions(classNames: Self.classNames)
        for index in 0..<count {
            let sample = sample(index)
            predictions.add(
                name: "pets/<\(index)>&.jpg", index: index, truth: sample.truth.classes[...],
                probabilities: sample.probabilities[...])
        }
        return predictions
    }

    /// A report of a run that measured them.
    func content(bootstrap: Bootstrap = Bootstrap(resampleCount: 200)) -> ReportContent {
        let evaluation = SegmentationEvaluation(predictions, borderClass: 2, bootstrap: bootstrap)
        var content = ReportContent(
            title: "pets <1>", modelName: "unet & co (7,779,235 parameters)",
            dataName: "Oxford-IIIT Pet, test split", evaluation: .segmentation(evaluation))
        content.history = (1...12).map { epoch in
            let rest = 1 / Double(epoch)
            return HistoryRow(
                epoch: epoch, step: epoch * 50, trainLoss: 0.2 + rest,
                trainAccuracy: 0.93 - 0.4 * rest, validationLoss: 0.25 + rest,
                validationAccuracy: 0.92 - 0.35 * rest, learningRate: 0.001 * rest,
                extras: [
                    ("validation_mean_iou", 0.78 - 0.5 * rest),
                    ("validation_mean_iou_without_border", 0.88 - 0.5 * rest),
                ])
        }
        for (kind, samples) in evaluation.examples(3) {
            for position in samples {
                let sample = sample(position)
                content.segmentations.append(
                    SegmentationPicture(
                        sample: position, example: kind, photo: sample.photo,
                        truth: sample.truth, prediction: sample.prediction))
            }
        }
        content.epochCount = 12
        content.trainingSeconds = 5400
        content.seed = 3
        content.configuration = "name: pets\n"
        content.notes = ["only <2> batches"]
        return content
    }
}

import Datasets
import Inference
import NN
import Support
import Tensor

/// Measures a model on a part of the data and writes everything that a person or a program reads about
/// it afterwards.
public struct RunReports {
    /// The figures, and what they are about.
    public let content: ReportContent

    /// The mistakes that the HTML report shows as pictures.
    private static let mistakeCount = 24

    /// - Parameters:
    ///   - title: The heading.
    ///   - file: The model file that is measured.
    ///   - data: The data of the run; its validation part, where it is not what is measured, serves to
    ///     fit a temperature.
    ///   - split: The part that is measured.
    ///   - batchSize: Pictures computed at a time; does not change the figures.
    ///   - workers: Threads that decode.
    ///   - augmentation: The views of each picture that are averaged.
    ///   - progress: Is told how many pictures are done, and of how many, those of the validation part
    ///     included.
    public init(
        title: String, file: ModelFile, data: TrainingData, split: Split, batchSize: Int,
        workers: Int, augmentation: TestTimeAugmentation = .none,
        progress: (_ done: Int, _ count: Int) -> Void = { _, _ in }
    ) throws {
        let dataset = try data.part(split)
        let description = file.description
        guard dataset.classNames == description.classNames else {
            throw FileError(
                path: file.path,
                message:
                    "knows the classes \(description.classNames.joined(separator: ", ")), but the "
                    + "data has \(dataset.classNames.joined(separator: ", "))")
        }
        let model = try file.loadClassifier().model
        let validation = split == .validation ? nil : data.validation
        let count = dataset.count + (validation?.count ?? 0)
        let predictor = DatasetPredictor(
            batchSize: batchSize, workers: workers, preprocessing: description.preprocessing,
            augmentation: augmentation)
        let predictions = try predictor.predictions(of: model, on: dataset) { progress($0, count) }
        let fitted = try validation.map { part in
            try predictor.predictions(of: model, on: part) {
                progress(predictions.sampleCount + $0, count)
            }
        }
        var content = ReportContent(
            title: title,
            modelName:
                "\(description.modelName) (\(NumberText.grouped(model.parameterCount)) parameters)",
            dataName: "\(data.title), \(split.rawValue) split",
            evaluation: .classification(Evaluation(predictions, validation: fitted)))
        content.mistakes = try Self.mistakes(in: predictions, dataset)
        content.configuration = description.configuration
        if description.weights == .ema {
            content.notes.append(
                "Measured is the exponential moving average of the weights (ema), not the weights that "
                    + "training moved.")
        }
        if augmentation != .none {
            content.notes.append(
                "The logits of \(augmentation.viewCount) views of each image were averaged "
                    + "(\(augmentation.rawValue)).")
        }
        self.content = content
    }

    /// The reports of what was measured elsewhere.
    public init(_ content: ReportContent) { self.content = content }

    /// The same figures with more about the run around them.
    public func adding(_ change: (inout ReportContent) -> Void) -> RunReports {
        var content = content
        change(&content)
        return RunReports(content)
    }

    /// Writes the reports, the confusion matrix and the predictions into `folder`.
    public func write(to folder: String) throws(FileError) {
        func path(_ file: String) -> String { "\(folder)/\(file)" }
        try AtomicFile.write(content.text, to: path(RunFile.textReport))
        try AtomicFile.write(
            content.json.serialized(pretty: true) + "\n", to: path(RunFile.jsonReport))
        try AtomicFile.write(content.html, to: path(RunFile.htmlReport))
        switch content.evaluation {
        case .classification(let evaluation):
            try evaluation.confusionMatrix.writeCSV(
                classNames: evaluation.predictions.classNames, to: path(RunFile.confusionMatrix))
            try evaluation.predictions.writeCSV(to: path(RunFile.predictions))
        case .segmentation(let evaluation):
            try evaluation.confusionMatrix.writeCSV(
                classNames: evaluation.predictions.classNames, to: path(RunFile.confusionMatrix))
            try evaluation.predictions.writeCSV(to: path(RunFile.predictions))
        }
    }

    private static func mistakes(
        in predictions: Predictions, _ dataset: any Dataset
    ) throws(DatasetError) -> [MistakePicture] {
        var pictures: [MistakePicture] = []
        for sample in predictions.worstMistakes(limit: mistakeCount) {
            do {
                let image = try dataset.image(at: predictions.sampleIndices[sample])
                pictures.append(MistakePicture(sample: sample, png: encodePNG(image.forReport)))
            } catch {
                throw DatasetError(error)
            }
        }
        return pictures
    }
}

extension TrainingData {
    /// One part of the data.
    ///
    /// - Throws: `DatasetError` where the configuration has no such part.
    public func part(_ split: Split) throws(DatasetError) -> any Dataset {
        let part: (any Dataset)? =
            switch split {
            case .train: train
            case .validation: validation
            case .test: test
            }
        if let part { return part }
        throw DatasetError(
            path: title,
            message:
                "has no \(split.rawValue) part; the configuration's 'data' section decides that")
    }
}

import Datasets
import Inference
import NN
import Support

/// How a model is measured on a part of its data.
public struct ModelMeasurement {
    /// The heading of the reports.
    public var title: String
    /// The part that is measured.
    public var split: Split
    /// Pictures computed at a time; does not change the figures.
    public var batchSize: Int
    /// Threads that decode.
    public var workers: Int
    /// The views of each picture that are averaged.
    public var augmentation: TestTimeAugmentation
    /// What is done to each picture; nil is what the model file says.
    public var preprocessing: Preprocessing?

    /// The mistakes that the HTML report of a classification shows as pictures.
    private static let mistakeCount = 24
    /// The worst, the middle and the best images that the report of a segmentation shows.
    private static let exampleCount = 6

    /// Describes a measurement.
    public init(
        title: String, split: Split, batchSize: Int, workers: Int,
        augmentation: TestTimeAugmentation = .none, preprocessing: Preprocessing? = nil
    ) {
        self.title = title
        self.split = split
        self.batchSize = batchSize
        self.workers = workers
        self.augmentation = augmentation
        self.preprocessing = preprocessing
    }

    /// Measures all tasks of a model, from one pass over the pictures.
    ///
    /// - Parameters:
    ///   - file: The model file.
    ///   - data: The data of the run; its validation part, where it is not what is measured, serves to
    ///     fit a temperature.
    ///   - progress: Is told how many pictures are done, and of how many, those of the validation part
    ///     included.
    /// - Returns: A report for each task, the main one first.
    public func reports(
        of file: ModelFile, _ data: TrainingData,
        progress: (_ done: Int, _ count: Int) -> Void = { _, _ in }
    ) throws -> [RunReports] {
        let dataset = try data.part(split)
        let targets = dataset.targets
        try check(file, targets)
        let model = try file.loadModel()
        let predictor = DatasetPredictor(
            batchSize: batchSize, workers: workers,
            preprocessing: preprocessing ?? file.description.preprocessing,
            augmentation: augmentation)
        // Segmentations have no temperature.
        let fits = split != .validation && targets.contains { $0.unit == .picture }
        let validation = fits ? data.validation : nil
        let count = dataset.count + (validation?.count ?? 0)
        let predictions = try predictor.predictions(of: model, on: dataset) { progress($0, count) }
        let fitted = try validation.map { part in
            try predictor.predictions(of: model, on: part) { progress(dataset.count + $0, count) }
        }
        return try targets.indices.map { place in
            let evaluation: TaskEvaluation
            var mistakes: [MistakePicture] = []
            var segmentations: [SegmentationPicture] = []
            switch predictions[place] {
            case .classification(let predictions):
                evaluation = .classification(
                    Evaluation(predictions, validation: fitted?[place].classification))
                mistakes = try Self.mistakes(in: predictions, dataset)
            case .segmentation(let predictions):
                let found = SegmentationEvaluation(
                    predictions, borderClass: targets[place].borderClass)
                evaluation = .segmentation(found)
                segmentations = try Self.examples(of: found) {
                    try predictor.masks(of: model, on: dataset, target: place, samples: $0)
                }
            }
            let task = targets.count > 1 ? targets[place].name : nil
            var content = ReportContent(
                title: task.map { "\(title), \($0)" } ?? title,
                modelName:
                    "\(file.description.modelName) "
                    + "(\(NumberText.grouped(model.parameterCount)) parameters)",
                dataName: "\(data.title), \(split.rawValue) split", evaluation: evaluation)
            content.mistakes = mistakes
            content.segmentations = segmentations
            content.configuration = file.description.configuration
            content.notes = notes(file.description, targets)
            return RunReports(content, position: place, task: task)
        }
    }

    private func check(_ file: ModelFile, _ targets: [Target]) throws(FileError) {
        let known = file.description.tasks
        guard !known.elementsEqual(targets, by: { $0.isAbout($1) }) else { return }
        func text(_ tasks: [Target]) -> String { tasks.map(\.summary).joined(separator: "; ") }
        throw FileError(
            path: file.path, message: "knows \(text(known)), but the data has \(text(targets))")
    }

    /// What a reader must know about how the figures came about.
    private func notes(_ description: ModelDescription, _ targets: [Target]) -> [String] {
        var notes: [String] = []
        if targets.count > 1 {
            notes.append(
                "One of the tasks that the model learned at once: "
                    + targets.map(\.name).joined(separator: ", ")
                    + ". The training loss is their weighted sum.")
        }
        if description.weights == .ema {
            notes.append(
                "Measured is the exponential moving average of the weights (ema), not the weights that "
                    + "training moved.")
        }
        if let preprocessing, preprocessing != description.preprocessing {
            func size(_ preprocessing: Preprocessing) -> String {
                preprocessing.outputSize.map { "\($0.height)×\($0.width) pixels" }
                    ?? "their own proportions"
            }
            notes.append(
                "The images were prepared otherwise than the model file says: they had "
                    + "\(size(preprocessing)), there \(size(description.preprocessing)).")
        }
        if augmentation != .none {
            notes.append(
                "The logits of \(augmentation.viewCount) views of each image were averaged "
                    + "(\(augmentation.rawValue)).")
        }
        return notes
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

    /// - Parameter masks: Gives the pictures and masks of some samples of the data set.
    private static func examples(
        of evaluation: SegmentationEvaluation,
        _ masks: ([Int]) throws -> [(photo: Image, truth: Mask, prediction: Mask)]
    ) throws -> [SegmentationPicture] {
        let examples = evaluation.examples(exampleCount).flatMap { kind, samples in
            samples.map { (kind: kind, sample: $0) }
        }
        let found = try masks(
            examples.map { evaluation.predictions.samples[$0.sample].index })
        return zip(examples, found).map { example, found in
            SegmentationPicture(
                sample: example.sample, example: example.kind, photo: found.photo,
                truth: found.truth, prediction: found.prediction)
        }
    }
}

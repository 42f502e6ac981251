import Datasets
import Inference
import NN
import Support
import Tensor

/// Measures one task of a model on a part of the data and writes everything that a person or a program
/// reads about it afterwards.
public struct RunReports {
    /// The figures, and what they are about.
    public let content: ReportContent
    /// The place of the task among those of the model.
    public let position: Int
    /// The task, where the model has several.
    public let task: String?

    /// The mistakes that the HTML report of a classification shows as pictures.
    private static let mistakeCount = 24
    /// The worst, the middle and the best images that the report of a segmentation shows.
    private static let exampleCount = 6

    /// How a model is measured.
    public struct Measurement {
        /// The heading.
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
    }

    /// Measures all tasks of a model, the main one first.
    ///
    /// - Parameters:
    ///   - file: The model file.
    ///   - data: The data of the run; its validation part, where it is not what is measured, serves to
    ///     fit a temperature.
    ///   - measurement: How it is measured.
    ///   - progress: Is told how many pictures are done, and of how many, those of the validation part
    ///     included, each once for each task.
    public static func all(
        of file: ModelFile, _ data: TrainingData, _ measurement: Measurement,
        progress: (_ done: Int, _ count: Int) -> Void = { _, _ in }
    ) throws -> [RunReports] {
        let dataset = try data.part(measurement.split)
        let tasks = file.description.tasks
        let wanted = dataset.targets
        guard tasks.elementsEqual(wanted, by: { $0.isAbout($1) }) else {
            func text(_ tasks: [Target]) -> String {
                tasks.map(\.summary).joined(separator: "; ")
            }
            throw FileError(
                path: file.path, message: "knows \(text(tasks)), but the data has \(text(wanted))")
        }
        let model = try file.loadModel()
        let validation = measurement.split == .validation ? nil : data.validation
        let count = dataset.count + (validation?.count ?? 0)
        return try tasks.indices.map { position in
            try RunReports(
                model.part(forTask: position), position, file.description, data, dataset,
                validation,
                measurement
            ) { progress(position * count + $0, tasks.count * count) }
        }
    }

    private init(
        _ model: any PredictionModel, _ position: Int, _ description: ModelDescription,
        _ data: TrainingData, _ dataset: any Dataset, _ validation: (any Dataset)?,
        _ measurement: Measurement, progress: (Int) -> Void
    ) throws {
        let preprocessing = measurement.preprocessing ?? description.preprocessing
        let predictor = DatasetPredictor(
            batchSize: measurement.batchSize, workers: measurement.workers,
            preprocessing: preprocessing, augmentation: measurement.augmentation)
        let target = dataset.targets[position]
        let isOneOfSeveral = dataset.targets.count > 1
        self.position = position
        task = isOneOfSeveral ? target.name : nil
        var mistakes: [MistakePicture] = []
        var segmentations: [SegmentationPicture] = []
        let evaluation: TaskEvaluation
        switch target.unit {
        case .picture:
            let place = dataset.targets[..<position].count { $0.unit == .picture }
            let predictions = try predictor.predictions(
                of: model, on: dataset, target: place, progress: progress)
            let fitted = try validation.map { part in
                try predictor.predictions(of: model, on: part, target: place) {
                    progress(predictions.sampleCount + $0)
                }
            }
            mistakes = try Self.mistakes(in: predictions, dataset)
            evaluation = .classification(Evaluation(predictions, validation: fitted))
        case .pixel:
            let predictions = try predictor.segmentations(
                of: model, on: dataset, target, progress: progress)
            let found = SegmentationEvaluation(predictions, borderClass: target.borderClass)
            segmentations = try Self.examples(of: found, model, dataset, predictor)
            evaluation = .segmentation(found)
        }
        var content = ReportContent(
            title: isOneOfSeveral ? "\(measurement.title), \(target.name)" : measurement.title,
            modelName:
                "\(description.modelName) (\(NumberText.grouped(model.parameterCount)) parameters)",
            dataName: "\(data.title), \(measurement.split.rawValue) split", evaluation: evaluation)
        content.mistakes = mistakes
        content.segmentations = segmentations
        content.configuration = description.configuration
        if isOneOfSeveral {
            content.notes.append(
                "One of the tasks that the model learned at once: "
                    + dataset.targets.map(\.name).joined(separator: ", ")
                    + ". The training loss is their weighted sum.")
        }
        if description.weights == .ema {
            content.notes.append(
                "Measured is the exponential moving average of the weights (ema), not the weights that "
                    + "training moved.")
        }
        if preprocessing != description.preprocessing {
            func size(_ preprocessing: Preprocessing) -> String {
                preprocessing.outputSize.map { "\($0.height)×\($0.width) pixels" }
                    ?? "their own proportions"
            }
            content.notes.append(
                "The images were prepared otherwise than the model file says: they had "
                    + "\(size(preprocessing)), there \(size(description.preprocessing)).")
        }
        if measurement.augmentation != .none {
            content.notes.append(
                "The logits of \(measurement.augmentation.viewCount) views of each image were averaged "
                    + "(\(measurement.augmentation.rawValue)).")
        }
        self.content = content
    }

    /// The reports of what was measured elsewhere.
    public init(_ content: ReportContent, position: Int = 0, task: String? = nil) {
        self.content = content
        self.position = position
        self.task = task
    }

    /// The same figures with more about the run around them.
    public func adding(_ change: (inout ReportContent) -> Void) -> RunReports {
        var content = content
        change(&content)
        return RunReports(content, position: position, task: task)
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

extension RunReports {
    /// Writes the reports of all tasks: those of the main one into `folder`, those of each other one into
    /// a folder in it that has the task's name.
    public static func write(_ reports: [RunReports], to folder: String) throws(FileError) {
        let places = reports.map { $0.position > 0 ? $0.task : nil }
        for (report, place) in zip(reports, places) {
            let path = place.map { "\(folder)/\($0)" } ?? folder
            if place != nil { try makeFolder(path) }
            let way = place == nil ? [] : [".."]
            try report.adding { content in
                content.otherTasks = zip(reports, places).compactMap { other, place in
                    guard let task = other.task, task != report.task else { return nil }
                    return (task, (way + [place].compactMap { $0 }).joined(separator: "/"))
                }
            }.write(to: path)
        }
    }

    private static func examples(
        of evaluation: SegmentationEvaluation, _ model: any PredictionModel,
        _ dataset: any Dataset, _ predictor: DatasetPredictor
    ) throws -> [SegmentationPicture] {
        let examples = evaluation.examples(exampleCount).flatMap { kind, samples in
            samples.map { (kind: kind, sample: $0) }
        }
        let masks = try predictor.masks(
            of: model, on: dataset,
            samples: examples.map { evaluation.predictions.samples[$0.sample].index })
        return zip(examples, masks).map { example, found in
            SegmentationPicture(
                sample: example.sample, example: example.kind, photo: found.photo,
                truth: found.truth, prediction: found.prediction)
        }
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

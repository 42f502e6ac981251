import Datasets
import Support
import Tensor

/// The data of a run: its parts, and how pictures become inputs in training and in inference.
public struct TrainingData: Sendable {
    /// What the model learns from.
    public let train: any Dataset
    /// What choices are made by; nil where the configuration keeps none.
    public let validation: (any Dataset)?
    /// What the published figures are measured on; nil where there is none.
    public let test: (any Dataset)?
    /// What inference does to a picture; saved with the model.
    public let preprocessing: Preprocessing
    /// What training does to a picture, at full size.
    public let augmentation: Augmentation
    /// A name for people, such as `CIFAR-10`.
    public let title: String

    /// What is learned, the main target first.
    public var targets: [Target] { train.targets }

    /// `37 classes`, or for several targets `species (2 classes), breed (37 classes)`.
    public var targetSummary: String {
        targets.map { target in
            let classes = "\(target.classNames.count) classes"
            return targets.count > 1 ? "\(target.name) (\(classes))" : classes
        }.joined(separator: ", ")
    }

    /// Opens the data that `configuration` names.
    ///
    /// - Parameters:
    ///   - configuration: The run's configuration.
    ///   - cacheFolder: Where the measured mean and standard deviation of a data set are kept.
    /// - Throws: `DatasetError` for data that is missing or damaged, and for parts that share samples.
    public init(_ configuration: Configuration, cacheFolder: String) throws(DatasetError) {
        let data = configuration.data
        let parts = try DataParts(configuration)
        train = parts.train
        validation = parts.validation
        test = parts.test
        title = data.title
        let normalization = try Self.normalization(of: data, parts: parts, cacheFolder: cacheFolder)
        preprocessing = Self.preprocessing(data, normalization)
        augmentation = Augmentation(configuration)
    }

    /// The SHA-256 of the training part, which names the data in checkpoints and reports.
    public var fingerprint: String { train.fingerprint }

    /// The batches to train on. An incomplete last batch is left out: every update then averages
    /// over the same number of samples.
    ///
    /// - Parameter size: Height and width of the images; nil is the full size.
    public func trainingLoader(_ configuration: Configuration, size: Int? = nil) -> BatchLoader {
        BatchLoader(
            train, batchSize: configuration.batchSize,
            augmentation: size.map { Augmentation(configuration, size: $0) } ?? augmentation,
            normalization: preprocessing.normalization, seed: configuration.seed,
            workers: configuration.loaderWorkers, dropLast: train.count >= configuration.batchSize,
            sampling: configuration.data.sampleRule,
            mixing: configuration.augmentation.mixing.map(BatchMixing.init),
            unreadable: configuration.data.onError == .skip ? .skip : .fail)
    }

    private static func normalization(
        of data: DataConfiguration, parts: DataParts, cacheFolder: String
    ) throws(DatasetError) -> Normalization {
        var mean: [Float]?
        var deviation: [Float]?
        if case .fixed(let values) = data.mean { mean = values.map { Float($0) } }
        if case .fixed(let values) = data.standardDeviation { deviation = values.map { Float($0) } }
        if let mean, let deviation {
            return Normalization(mean: mean, standardDeviation: deviation)
        }
        let measured = try ChannelStatistics.cached(of: parts.train, cacheFolder: cacheFolder)
            .normalization
        return Normalization(
            mean: mean ?? measured.mean,
            standardDeviation: deviation ?? measured.standardDeviation)
    }

    private static func preprocessing(
        _ data: DataConfiguration, _ normalization: Normalization
    ) -> Preprocessing {
        let size = Spatial(data.imageSize)
        let resize: ResizeRule
        var crop: Spatial?
        switch data.resize {
        // A picture of another size can still be sent to the server: there it is resized.
        case .none, .exact: resize = .exact(size, data.resampling)
        case .shorterSide:
            let side = Int((Double(data.imageSize) / data.cropFraction).rounded())
            resize = .shorterSide(side, data.resampling)
            crop = size
        }
        return Preprocessing(
            resize: resize, crop: crop, mean: normalization.mean,
            standardDeviation: normalization.standardDeviation)
    }

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

/// The parts of a data set, opened.
public struct DataParts: Sendable {
    /// What a model learns from.
    public private(set) var train: any Dataset
    /// What choices are made by; nil where the configuration keeps none.
    public private(set) var validation: (any Dataset)?
    /// What the published figures are measured on; nil where there is none.
    public private(set) var test: (any Dataset)?

    /// Decoded pictures of a folder are kept in memory up to this size.
    private static let cacheBytes = 2 << 30

    /// Opens what `configuration` names.
    ///
    /// - Parameter requiringDisjoint: Whether the files of an official data set are read to prove
    ///   that no picture is in two parts.
    public init(
        _ configuration: Configuration, requiringDisjoint: Bool = true
    ) throws(DatasetError) {
        let data = configuration.data
        let root = DataRoot(data.root)
        switch data.name {
        case .cifar10, .cifar100, .cifar100Coarse:
            let variant: CIFAR.Variant =
                switch data.name {
                case .cifar10: .cifar10
                case .cifar100Coarse: .cifar100Coarse
                default: .cifar100
                }
            let folder = try root.find(variant.folder, archive: variant.archive)
            train = try CIFAR(variant, split: .train, folder: folder)
            test = try CIFAR(variant, split: .test, folder: folder)
        case .oxfordPets:
            let folder = try root.find(
                "oxford-iiit-pet", archive: "images.tar.gz and annotations.tar.gz")
            train = try OxfordPets(
                folder: folder, split: .train, tasks: data.task.tasks, cacheBytes: Self.cacheBytes)
            test = try OxfordPets(
                folder: folder, split: .test, tasks: data.task.tasks, cacheBytes: Self.cacheBytes)
        case .shapes:
            train = ShapesDataset(split: .train, count: data.trainCount)
            test = ShapesDataset(split: .test, count: data.testCount)
        case .folder:
            var folder = data.root ?? "."
            while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
            let classNames: [String]
            (train, classNames) = try Self.folder(data.trainFolder, in: folder, classNames: nil)
            if let name = data.validationFolder {
                validation = try Self.folder(name, in: folder, classNames: classNames).dataset
            }
            if let name = data.testFolder {
                test = try Self.folder(name, in: folder, classNames: classNames).dataset
            }
        }
        if validation == nil, data.validation.count(of: train.count) > 0 {
            let part = ValidationPart.count(data.validation.count(of: train.count))
            let split = try train.stratifiedSplit(
                part, seed: data.splitSeed ?? configuration.seed)
            (train, validation) = (split.train, split.validation)
        }
        if requiringDisjoint, data.name == .oxfordPets { try requireDisjoint(named) }
    }

    /// The parts that there are, with their names.
    public var named: [(split: Split, dataset: any Dataset)] {
        [(Split.train, train), (.validation, validation), (.test, test)]
            .compactMap { split, dataset in dataset.map { (split, $0) } }
    }

    private static func folder(
        _ name: String, in root: String, classNames: [String]?
    ) throws(DatasetError) -> (dataset: any Dataset, classNames: [String]) {
        let set = try ImageFolder(
            folder: "\(root)/\(name)", classNames: classNames, cacheBytes: cacheBytes)
        return (set, set.classNames)
    }
}

extension DataConfiguration {
    /// Which samples an epoch consists of.
    fileprivate var sampleRule: Sampling {
        if sampling == .balanced { return .balanced }
        return repeats > 1 ? .repeated(repeats) : .shuffled
    }

    var resampling: Datasets.Interpolation {
        switch interpolation {
        case .bilinear: .bilinear
        case .bicubic: .bicubic
        }
    }

    /// The data set's name for people.
    var title: String {
        switch name {
        case .cifar10: "CIFAR-10"
        case .cifar100: "CIFAR-100"
        case .cifar100Coarse: "CIFAR-100 (20 classes)"
        case .oxfordPets: "Oxford-IIIT Pet"
        case .shapes: "shapes"
        case .folder: root.map { String($0.split(separator: "/").last ?? "folder") } ?? "folder"
        }
    }
}

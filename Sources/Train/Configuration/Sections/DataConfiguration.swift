import Datasets
import NN

/// What to learn from: the data set, its splits, and how images become inputs.
public struct DataConfiguration: Sendable, Equatable {
    /// The data sets that are known by name.
    public enum Name: String, Sendable, CaseIterable {
        /// 60,000 photographs of 32×32 pixels in 10 classes.
        case cifar10
        /// 60,000 photographs of 32×32 pixels in 100 classes.
        case cifar100
        /// The same photographs in their 20 groups of classes.
        case cifar100Coarse = "cifar100-coarse"
        /// 7,349 photographs of 37 breeds of cats and dogs.
        case oxfordPets = "oxford-pets"
        /// Image files in one folder for each class.
        case folder
        /// Coloured shapes drawn by the program itself; needs no files.
        case shapes
    }

    /// What to do about an image that cannot be read.
    public enum ErrorRule: String, Sendable, CaseIterable {
        /// End with an error that names the file.
        case stop
        /// Leave the image out and say so.
        case skip
    }

    /// How an image gets its size, outside augmentation.
    public enum ResizeMode: String, Sendable, CaseIterable {
        /// The images already have it.
        case none
        /// Shorter side to `image_size / crop_fraction`, then the centre is cut out.
        case shorterSide = "shorter_side"
        /// Both sides, changing the proportions.
        case exact
    }

    /// How pixels between pixels are computed.
    public enum Interpolation: String, Sendable, CaseIterable {
        /// From the 2×2 nearest.
        case bilinear
        /// From the 4×4 nearest.
        case bicubic
    }

    /// Which training images an epoch consists of.
    public enum SamplingRule: String, Sendable, CaseIterable {
        /// Each once, in random order.
        case shuffled
        /// As many as there are, drawn with replacement, each class equally often.
        case balanced
    }

    /// The data set.
    public var name = Name.shapes
    /// `oxford-pets`: what is learned about a picture.
    public var task = PetTasks([.breed])
    /// Where to look for it; `folder` needs it, `shapes` needs nothing.
    public var root: String?
    /// `folder`: the folder of training images inside `root`.
    public var trainFolder = "train"
    /// `folder`: the folder of validation images; nil takes them from the training images.
    public var validationFolder: String?
    /// `folder`: the folder of test images; nil if there are none.
    public var testFolder: String?
    /// `shapes`: images to train on, before validation images are taken.
    public var trainCount = 4_000
    /// `shapes`: images to test on.
    public var testCount = 1_000
    /// How much of the training images is kept for validation.
    public var validation = SplitSize.fraction(0.1)
    /// Decides which images are set aside for validation; nil takes the run's seed.
    public var splitSeed: UInt64?
    /// Height and width of the model's input in pixels.
    public var imageSize = 32
    /// How an image gets that size.
    public var resize = ResizeMode.none
    /// `shorter_side`: the part of the shorter side that the centre crop keeps.
    public var cropFraction = 0.875
    /// How pixels between pixels are computed.
    public var interpolation = Interpolation.bilinear
    /// What is subtracted from each channel of pixel/255.
    public var mean = ChannelValues.automatic
    /// What each channel is then divided by.
    public var standardDeviation = ChannelValues.automatic
    /// Threads that decode and augment; nil chooses by the number of cores.
    public var workers: Int?
    /// Which training images an epoch consists of.
    public var sampling = SamplingRule.shuffled
    /// How often an image is in an epoch, which then has fewer of them.
    public var repeats = 1
    /// What to do about an image that cannot be read.
    public var onError = ErrorRule.stop

    /// The defaults of `shapes`.
    public init() {}

    /// The defaults of the data set `name`.
    public init(name: Name) {
        self.name = name
        if name == .folder || name == .oxfordPets {
            imageSize = 224
            resize = .shorterSide
        }
        if name == .oxfordPets {
            validation = .fraction(0.2)
            // The official archive has damaged pictures.
            onError = .skip
        }
    }
}

extension DataConfiguration.Name: ConfigurationChoice {}
extension OxfordPets.Task: ConfigurationChoice {}

/// What is learned about the pictures of `oxford-pets`, each once, the main task first.
public struct PetTasks: Sendable, Hashable {
    /// The tasks, at least one.
    public var tasks: [OxfordPets.Task]

    /// Lists tasks.
    public init(_ tasks: [OxfordPets.Task]) { self.tasks = tasks }
}

extension PetTasks: ConfigurationValue {
    package static var kind: String { "\(OxfordPets.Task.kind), or a list of them" }

    package init(from node: YAMLNode) throws(ValueProblem) {
        guard case .sequence(let nodes) = node.content else {
            self.init([try OxfordPets.Task(from: node)])
            return
        }
        guard !nodes.isEmpty else {
            throw ValueProblem(node, expected: Self.kind, message: "has no task")
        }
        var tasks: [OxfordPets.Task] = []
        for node in nodes {
            let task = try OxfordPets.Task(from: node)
            guard !tasks.contains(task) else {
                throw ValueProblem(
                    node, expected: Self.kind, message: "has the task \(task.rawValue) twice")
            }
            tasks.append(task)
        }
        self.init(tasks)
    }

    package var yamlText: String { tasks.count == 1 ? tasks[0].yamlText : tasks.yamlText }
}

extension DataConfiguration {
    /// What is learned about a picture, the main task first.
    public var tasks: [ModelTask] {
        guard name == .oxfordPets else { return [.classification] }
        return task.tasks.map { $0 == .segmentation ? .segmentation : .classification }
    }
}
extension DataConfiguration.ErrorRule: ConfigurationChoice {}
extension DataConfiguration.SamplingRule: ConfigurationChoice {}
extension DataConfiguration.ResizeMode: ConfigurationChoice {}
extension DataConfiguration.Interpolation: ConfigurationChoice {}

extension DataConfiguration: ConfigurationSection {
    package static var variants: [Self] { Name.allCases.map { Self(name: $0) } }
    package var variant: String? { name.rawValue }

    package static let fields: [Field<DataConfiguration>] = [
        .value("name", \.name, "The data set.").required().known(as: "dataset"),
        .value(
            "task", \.task,
            "What is learned about a picture: its `species` (cat or dog), its `breed` (37 classes), "
                + "or its `segmentation` into pet, background and border. A list such as "
                + "`[species, breed]` learns several at once, with a head each on one trunk; the "
                + "first is the main task, which choices are made by."
        ).used(by: Name.oxfordPets).known(as: "target", "target_types"),
        .optional(
            "root", \.root, rule: .notEmpty,
            "For `folder`, which needs it: the folder that holds the data set. Else the folder in "
                + "which to look for the data set's own; null looks in `$RESIDUAL_DATA`, then in "
                + "`./data`."
        ).used(by: Name.cifar10, .cifar100, .cifar100Coarse, .oxfordPets, .folder).known(
            as: "path", "dir", "data_dir", "data_path"),
        .value(
            "train_folder", \.trainFolder, rule: .notEmpty,
            "The folder inside `root` with the training images, one folder for each class."
        ).used(by: Name.folder).known(as: "train_split", "train"),
        .optional(
            "validation_folder", \.validationFolder, rule: .notEmpty,
            "The folder inside `root` with the validation images; null takes them from the "
                + "training images as `validation` says."
        ).used(by: Name.folder).known(as: "val_folder", "val_split", "val"),
        .optional(
            "test_folder", \.testFolder, rule: .notEmpty,
            "The folder inside `root` with the test images; null if there are none."
        ).used(by: Name.folder).known(as: "test_split", "test"),
        .value(
            "train_count", \.trainCount, rule: .between(1, 10_000_000),
            "Images drawn to train on; validation images are taken from them."
        ).counted(in: "images").used(by: Name.shapes),
        .value("test_count", \.testCount, rule: .between(1, 10_000_000), "Images drawn to test on.")
            .counted(in: "images").used(by: Name.shapes),
        .value(
            "validation", \.validation,
            "How much of the training images is set aside for validation, drawn by `split_seed`, "
                + "class by class: a fraction below 1, a number of images, or 0 for none."
        ).known(as: "val_fraction", "validation_fraction", "validation_split", "val_size"),
        .optional(
            "split_seed", \.splitSeed,
            "Decides which images are set aside for validation; null takes `seed`. With a fixed "
                + "number, runs of several seeds are validated on the same images."
        ).known(as: "validation_seed"),
        .value(
            "image_size", \.imageSize, rule: .between(8, 4_096),
            "Height and width of the model's input. Training images may have another size, "
                + "`augmentation.size`: after random resized crops, somewhat larger images are often "
                + "recognised better (Touvron et al. 2019)."
        ).counted(in: "pixels").known(as: "img_size", "input_size", "size"),
        .value(
            "resize", \.resize,
            "How an image gets that size: `none` if it has it already; `shorter_side` scales the "
                + "shorter side to `image_size / crop_fraction` and cuts out the centre; `exact` "
                + "scales both sides."),
        .value(
            "crop_fraction", \.cropFraction, rule: .above(0, upTo: 1),
            "The part of the shorter side that the centre crop keeps (`resize: shorter_side`)."
        ).known(as: "crop_pct", "crop_ratio"),
        .value("interpolation", \.interpolation, "How resizing computes pixels between pixels."),
        .value(
            "mean", \.mean,
            "What is subtracted from red, green and blue, as pixel/255; `auto` measures it on the "
                + "training images."),
        .value(
            "std", \.standardDeviation,
            "What red, green and blue are then divided by; `auto` measures it on the training "
                + "images."
        ).known(as: "standard_deviation", "stddev"),
        .optional(
            "workers", \.workers, rule: .between(1, 1024),
            "Threads that decode and augment images; null chooses by the number of cores. It never "
                + "changes the images."
        ).known(as: "num_workers", "n_workers"),
        .value(
            "sampling", \.sampling,
            "Which training images an epoch consists of: `shuffled` is each once; `balanced` is as "
                + "many as there are, drawn with replacement by the inverse frequency of their "
                + "class, so that each class comes equally often."
        ).known(as: "sampler"),
        .value(
            "repeats", \.repeats, rule: .between(1, 64),
            "Repeated augmentation (Hoffer et al. 2019): each image of an epoch comes this many "
                + "times, one right after the other and each augmented anew; the epoch keeps its "
                + "length, so it has fewer images."
        ).known(as: "repeated_augmentation", "aug_repeats", "ra_reps"),
        .value(
            "on_error", \.onError,
            "What to do about an image that cannot be read: `stop` with its name, or `skip` it "
                + "with a warning."),
    ]
}

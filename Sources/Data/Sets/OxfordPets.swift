/// The Oxford-IIIT Pet data set (Parkhi et al. 2012): 37 breeds of cats and dogs, in its official
/// layout: `images/<Breed>_<number>.jpg`, `annotations/trainval.txt`, `annotations/test.txt` and
/// `annotations/trimaps/<Breed>_<number>.png`.
///
/// Some of the official pictures are PNGs or GIFs called `.jpg`, and some are damaged: what a file is
/// follows from its bytes. PNGs are read, the others are errors of their samples alone.
public final class OxfordPets: Dataset {
    /// What is learned about a picture.
    public enum Task: String, Sendable, CaseIterable {
        /// Whether it shows a cat or a dog.
        case species
        /// Which of the 37 breeds it shows.
        case breed
        /// Which of its pixels show the pet, its background, or the border between them.
        case segmentation
    }

    /// What is learned, each once.
    public let tasks: [Task]
    /// What is learned, in the order of the tasks.
    public let targets: [Target]
    /// The names of the first task of whole pictures: `Cat` and `Dog`, or the breeds in the order of the
    /// lists (also where there is only `segmentation`).
    public let classNames: [String]
    /// SHA-256 of the tasks, of names, classes and file sizes.
    public let fingerprint: String

    private let folder: String
    /// The tasks of whole pictures after the first.
    private let further: [Task]
    private let entries: [PetList.Entry]
    private let images: ImageFolder
    private let masks: SampleCache<Mask>

    /// Reads the lists.
    ///
    /// - Parameters:
    ///   - folder: The folder that holds `images` and `annotations`.
    ///   - split: The training part (the official trainval) or the test part.
    ///   - tasks: What is learned, each once.
    ///   - cacheBytes: Decoded pictures are kept in memory up to this many bytes.
    /// - Throws: `DatasetError` with file and line for lists that do not look like the official
    ///   ones, or for the validation part, which the set does not have.
    public init(
        folder: String, split: Split, tasks: [Task] = [.breed], cacheBytes: Int = 0
    ) throws(DatasetError) {
        guard split != .validation else {
            throw DatasetError(
                path: folder, message: "has no validation part; split one off the training part")
        }
        let train = try PetList(path: "\(folder)/annotations/trainval.txt")
        let breeds = try train.breeds()
        let list = split == .train ? train : try PetList(path: "\(folder)/annotations/test.txt")
        try list.check(against: breeds)
        let trimaps = "\(folder)/annotations/trimaps"
        let hasMasks = tasks.contains(.segmentation)
        guard !hasMasks || Files.isFolder(trimaps) else {
            throw DatasetError(
                path: trimaps,
                message:
                    "there is no such folder; unpack annotations.tar.gz, which holds the trimaps"
            )
        }
        self.folder = folder
        self.tasks = tasks
        entries = list.entries
        targets = tasks.map { task in
            let name = task.rawValue
            return switch task {
            case .species: Target(name: name, classNames: ["Cat", "Dog"])
            case .breed: Target(name: name, classNames: breeds)
            case .segmentation:
                // The values 1, 2 and 3 of trimaps.
                Target(
                    name: name, classNames: ["Pet", "Background", "Border"], unit: .pixel,
                    borderClass: 2)
            }
        }
        let labelled = tasks.filter { $0 != .segmentation }
        further = Array(labelled.dropFirst())
        let isBySpecies = labelled.first == .species
        classNames = targets.first { $0.unit == .picture }?.classNames ?? breeds
        images = ImageFolder(
            folder: "\(folder)/images", classNames: classNames,
            files: entries.map {
                ImageFolder.File(
                    label: Int32(isBySpecies ? $0.species : $0.breed),
                    name: "\($0.picture).jpg")
            },
            cacheBytes: cacheBytes)
        masks = SampleCache(capacity: cacheBytes)
        var hash = ContentHash()
        hash.add(images.fingerprint)
        for task in further { hash.add(task.rawValue) }
        if hasMasks {
            for entry in entries {
                hash.add(Files.size("\(trimaps)/\(entry.picture).png") ?? -1)
            }
        }
        fingerprint = hash.finish()
    }

    /// The number of pictures.
    public var count: Int { entries.count }
    /// The species or breed of picture `index`.
    public func label(at index: Int) -> Int32 { images.label(at: index) }
    /// Species or breed, where they are not the first task of whole pictures.
    public func furtherLabels(at index: Int) -> [Int32] {
        further.map { Int32($0 == .species ? entries[index].species : entries[index].breed) }
    }
    /// The breed, whatever is learned: all tasks split alike.
    public func stratum(at index: Int) -> Int { entries[index].breed }
    /// For example `Abyssinian_1.jpg`.
    public func name(at index: Int) -> String { images.name(at: index) }
    /// The picture `index`.
    public func image(at index: Int) throws(ImageError) -> Image { try images.image(at: index) }
    /// The file of picture `index`.
    public func fileBytes(at index: Int) throws(ImageError) -> [UInt8]? {
        try images.fileBytes(at: index)
    }

    /// For `segmentation`: the trimap of picture `index`.
    public func mask(at index: Int) throws(ImageError) -> Mask? {
        guard tasks.contains(.segmentation) else { return nil }
        return try masks.value(index, size: \.classes.count) { () throws(ImageError) in
            try readMask(index)
        }
    }

    private func readMask(_ index: Int) throws(ImageError) -> Mask {
        let path = "\(folder)/annotations/trimaps/\(entries[index].picture).png"
        let bytes: [UInt8]
        do { bytes = try Files.read(path) } catch {
            throw ImageError(name: path, reason: .unreadable(error.message))
        }
        return try Mask(decodeImage(bytes, name: path), values: [1, 2, 3], name: path)
    }
}

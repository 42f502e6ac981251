import Glibc
import Support

/// A data set by name, as a configuration or a command line gives it.
public enum DatasetSource: Sendable, Equatable {
    /// CIFAR-10 from its official binary files.
    case cifar10
    /// CIFAR-100 with its hundred classes.
    case cifar100
    /// CIFAR-100 with its twenty superclasses.
    case cifar100Coarse
    /// One folder a class below `<path>/train`, `<path>/test` and, if there is one,
    /// `<path>/validation` (or `val`). A relative path is looked for below the data root, then as
    /// it is.
    case folder(String, cacheBytes: Int = 0)
    /// The 37 breeds of the Oxford-IIIT Pet data set in its official layout, `oxford-iiit-pet`.
    case oxfordPets(cacheBytes: Int = 0)
    /// Drawn figures; see `ShapesDataset`. The number is that of training pictures; validation and
    /// test have a fifth of it each.
    case shapes(count: Int = 10_000, seed: UInt64 = 0)

    /// The names that `init(name:path:)` knows.
    public static let names = [
        "cifar10", "cifar100", "cifar100-coarse", "oxford-pets", "folder", "shapes",
    ]

    /// Finds a source by its name; `path` is needed for `folder`.
    public init(name: String, path: String? = nil, cacheBytes: Int = 0) throws(DatasetError) {
        switch name {
        case "cifar10": self = .cifar10
        case "cifar100": self = .cifar100
        case "cifar100-coarse": self = .cifar100Coarse
        case "shapes": self = .shapes()
        case "oxford-pets": self = .oxfordPets(cacheBytes: cacheBytes)
        case "folder":
            guard let path else {
                throw DatasetError(path: "", message: "data set 'folder' needs a path")
            }
            self = .folder(path, cacheBytes: cacheBytes)
        default:
            let hint = closestMatch(to: name, in: Self.names).map { "; did you mean '\($0)'?" }
            throw DatasetError(
                path: "",
                message: "unknown data set '\(name)'\(hint ?? ""); known are "
                    + Self.names.joined(separator: ", "))
        }
    }

    /// Whether the set brings a validation part of its own (else one is split off `train`).
    public func hasValidationPart(root: DataRoot) -> Bool {
        switch self {
        case .cifar10, .cifar100, .cifar100Coarse, .oxfordPets: false
        case .shapes: true
        case .folder(let path, _):
            (try? root.find(path)).flatMap { Self.splitFolder(.validation, in: $0) } != nil
        }
    }

    /// Opens one part of the set.
    public func load(_ split: Split, root: DataRoot) throws(DatasetError) -> any Dataset {
        switch self {
        case .cifar10: return try cifar(.cifar10, split, root)
        case .cifar100: return try cifar(.cifar100, split, root)
        case .cifar100Coarse: return try cifar(.cifar100Coarse, split, root)
        case .oxfordPets(let cacheBytes):
            let folder = try root.find("oxford-iiit-pet", archive: "images and annotations")
            return try ImageFolder(oxfordPets: folder, split: split, cacheBytes: cacheBytes)
        case .shapes(let count, let seed):
            let number = split == .train ? count : max(ShapesDataset.figureCount, count / 5)
            return ShapesDataset(split: split, count: number, seed: seed)
        case .folder(let path, let cacheBytes):
            return try folder(path, cacheBytes, split, root)
        }
    }

    private func cifar(
        _ variant: CIFAR.Variant, _ split: Split, _ root: DataRoot
    ) throws(DatasetError) -> CIFAR {
        if split == .validation {
            throw DatasetError(
                path: variant.folder,
                message: "has no validation part; split one off the training part")
        }
        let folder = try root.find(variant.folder, archive: variant.archive)
        return try CIFAR(variant, split: split, folder: folder)
    }

    private func folder(
        _ path: String, _ cacheBytes: Int, _ split: Split, _ root: DataRoot
    ) throws(DatasetError) -> ImageFolder {
        let base = try root.find(path)
        guard let folder = Self.splitFolder(split, in: base) else {
            throw DatasetError(
                path: "\(base)/\(split.rawValue)",
                message: "there is no such folder; expected \(base)/train/<class>/ and "
                    + "\(base)/test/<class>/")
        }
        var classNames: [String]?
        if split != .train, let train = Self.splitFolder(.train, in: base) {
            classNames = try ImageFolder(folder: train).classNames
        }
        return try ImageFolder(folder: folder, classNames: classNames, cacheBytes: cacheBytes)
    }

    private static func splitFolder(_ split: Split, in base: String) -> String? {
        let names = split == .validation ? ["validation", "val"] : [split.rawValue]
        return names.map { "\(base)/\($0)" }.first { Files.isFolder($0) }
    }
}

/// The folders in which data sets are looked for.
public struct DataRoot: Sendable, Equatable {
    /// The places, in order, with how each came about.
    public let candidates: [String]

    /// One explicit folder, else `$RESIDUAL_DATA`, else `./data`.
    public init(_ path: String? = nil) {
        if let path, !path.isEmpty {
            candidates = [path]
        } else if let value = getenv("RESIDUAL_DATA"), value.pointee != 0 {
            candidates = [String(cString: value)]
        } else {
            candidates = ["data"]
        }
    }

    /// Where `folder` lies.
    ///
    /// - Throws: `DatasetError` that names the places tried and how to get the data.
    public func find(_ folder: String, archive: String? = nil) throws(DatasetError) -> String {
        var places = folder.hasPrefix("/") ? [] : candidates.map { "\($0)/\(folder)" }
        if archive == nil { places.append(folder) }  // a path as it was typed
        if let place = places.first(where: { Files.isFolder($0) }) { return place }
        let source = archive.map { "unpack the official \($0) there" } ?? "put the data set there"
        throw DatasetError(
            path: places.joined(separator: ", "),
            message: "there is no such folder; \(source), or name the data folder explicitly or "
                + "in the environment variable RESIDUAL_DATA")
    }
}

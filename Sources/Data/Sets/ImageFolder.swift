import Support

/// Pictures in one folder a class: `folder/<class>/<picture>`, decoded when asked for.
///
/// Classes are the subfolders' names in byte order. Every file in them counts, whatever its
/// extension (a name says nothing about the content); hidden files are ignored, and so are
/// subfolders of a class.
public final class ImageFolder: Dataset {
    /// The folder that holds the class folders.
    public let folder: String
    /// The names of the class folders, in byte order.
    public let classNames: [String]
    /// SHA-256 of class names, file names and file sizes. Contents are not read, so start-up is
    /// quick even for a million files; `checkDataset` compares contents.
    public let fingerprint: String

    private let files: [File]
    private let limits: DecodeLimits
    private let cache: SampleCache<Image>

    /// A picture below `folder`.
    struct File: Sendable {
        let label: Int32
        let name: String
    }

    /// Lists the pictures below `folder`.
    ///
    /// - Parameters:
    ///   - folder: the folder of one split, which holds one folder a class.
    ///   - classNames: the classes and their order, where another split has settled them; `nil`
    ///     takes the subfolders found.
    ///   - cacheBytes: decoded pictures are kept in memory up to this many bytes.
    ///   - limits: the largest pictures to decode.
    /// - Throws: `DatasetError` if there is no class, a class without files, or a folder that does
    ///   not fit `classNames`.
    public init(
        folder: String, classNames: [String]? = nil, cacheBytes: Int = 0,
        limits: DecodeLimits = .standard
    ) throws(DatasetError) {
        let found = try Self.classFolders(of: folder)
        if let classNames, let stranger = found.first(where: { !classNames.contains($0) }) {
            let hint =
                closestMatch(to: stranger, in: classNames)
                .map { "; did you mean '\($0)'?" } ?? ""
            throw DatasetError(
                path: "\(folder)/\(stranger)",
                message: "is no class of the training part\(hint)")
        }
        let names = classNames ?? found
        var files: [File] = []
        var hash = ContentHash()
        for (label, className) in names.enumerated() {
            hash.add(className)
            guard found.contains(className) else { continue }
            let classFiles = try Self.files(in: "\(folder)/\(className)")
            for (name, size) in classFiles {
                hash.add("\(className)/\(name)")
                hash.add(size)
                files.append(File(label: Int32(label), name: "\(className)/\(name)"))
            }
        }
        self.folder = folder
        self.classNames = names
        self.files = files
        self.limits = limits
        cache = SampleCache(capacity: cacheBytes)
        fingerprint = hash.finish()
    }

    /// Takes files that an index names, instead of listing folders.
    init(folder: String, classNames: [String], files: [File], cacheBytes: Int) {
        var hash = ContentHash()
        for name in classNames { hash.add(name) }
        for file in files {
            hash.add(Int(file.label))
            hash.add(file.name)
            hash.add(Files.size("\(folder)/\(file.name)") ?? -1)
        }
        self.folder = folder
        self.classNames = classNames
        self.files = files
        limits = .standard
        cache = SampleCache(capacity: cacheBytes)
        fingerprint = hash.finish()
    }

    private static func classFolders(of folder: String) throws(DatasetError) -> [String] {
        let names: [String]
        do { names = try Files.list(folder) } catch {
            throw DatasetError(
                path: folder,
                message: "\(error.message); expected a folder that holds one folder of pictures "
                    + "for each class")
        }
        let classes = names.filter { Files.isFolder("\(folder)/\($0)") }
        guard !classes.isEmpty else {
            throw DatasetError(
                path: folder,
                message: "has no class folders; pictures belong into \(folder)/<class>/")
        }
        return classes
    }

    private static func files(
        in folder: String
    ) throws(DatasetError) -> [(name: String, size: Int)] {
        let names: [String]
        do { names = try Files.list(folder) } catch {
            throw DatasetError(path: folder, message: error.message)
        }
        let files = names.compactMap { name in
            Files.size("\(folder)/\(name)").map { (name: name, size: $0) }
        }
        guard !files.isEmpty else {
            throw DatasetError(
                path: folder, message: "has no pictures; remove the folder or fill it")
        }
        return files
    }

    /// The number of pictures.
    public var count: Int { files.count }

    /// The class of picture `index`.
    public func label(at index: Int) -> Int32 { files[index].label }

    /// For example `cat/tom.jpg`.
    public func name(at index: Int) -> String { files[index].name }

    /// Where picture `index` lies.
    public func path(at index: Int) -> String { "\(folder)/\(files[index].name)" }

    /// The file of picture `index`.
    public func fileBytes(at index: Int) throws(ImageError) -> [UInt8]? {
        try bytes(at: index)
    }

    private func bytes(at index: Int) throws(ImageError) -> [UInt8] {
        let path = path(at: index)
        do { return try Files.read(path) } catch {
            throw ImageError(name: path, reason: .unreadable(error.message))
        }
    }

    /// The picture `index`, from the cache or decoded.
    public func image(at index: Int) throws(ImageError) -> Image {
        try cache.value(index, size: \.pixels.count) { () throws(ImageError) in
            try decodeImage(bytes(at: index), limits: limits, name: path(at: index))
        }
    }
}

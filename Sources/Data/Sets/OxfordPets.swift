extension ImageFolder {
    /// The Oxford-IIIT Pet data set (Parkhi et al. 2012), 37 breeds of cats and dogs, in its official
    /// layout: `images/<Breed>_<number>.jpg`, `annotations/trainval.txt`, `annotations/test.txt`.
    ///
    /// Each line of the lists is `<picture> <class from 1> <species> <breed>`. Some of the official
    /// pictures are PNGs or GIFs called `.jpg`: the former are read, the latter are reported.
    ///
    /// - Throws: `DatasetError` with file and line for lists that do not look like this, or for the
    ///   validation part, which the set does not have.
    public convenience init(
        oxfordPets folder: String, split: Split, cacheBytes: Int = 0
    ) throws(DatasetError) {
        guard split != .validation else {
            throw DatasetError(
                path: folder, message: "has no validation part; split one off the training part")
        }
        let train = try PetList(path: "\(folder)/annotations/trainval.txt")
        let list = split == .train ? train : try PetList(path: "\(folder)/annotations/test.txt")
        var names: [Int: String] = [:]
        for entry in train.entries { names[entry.label] = entry.breed }
        let classNames = try (0..<names.count).map { label throws(DatasetError) -> String in
            guard let name = names[label] else {
                throw DatasetError(
                    path: train.path, message: "names no picture of class \(label + 1)")
            }
            return name
        }
        if let stray = list.entries.first(where: { names[$0.label] == nil }) {
            throw DatasetError(
                path: list.path,
                message: "\(stray.picture) is of class \(stray.label + 1); the training part has "
                    + "classes 1 to \(names.count)")
        }
        self.init(
            folder: "\(folder)/images", classNames: classNames,
            files: list.entries.map {
                File(label: Int32($0.label), name: "\($0.picture).jpg")
            },
            cacheBytes: cacheBytes)
    }
}

/// One of the set's lists.
private struct PetList {
    let path: String
    var entries: [(picture: String, label: Int, breed: String)] = []

    init(path: String) throws(DatasetError) {
        self.path = path
        let bytes: [UInt8]
        do { bytes = try Files.read(path) } catch {
            throw DatasetError(path: path, message: error.message)
        }
        let lines = String(decoding: bytes, as: UTF8.self)
            .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (number, line) in lines.enumerated() where !line.isEmpty && line.first != "#" {
            let fields = line.split(whereSeparator: \.isWhitespace)
            guard fields.count == 4, let label = Int(fields[1]), (1...10_000).contains(label),
                let end = fields[0].lastIndex(of: "_")
            else {
                throw DatasetError(
                    path: "\(path):\(number + 1)",
                    message: "expected '<Breed>_<number> <class> <species> <breed>', but found "
                        + "'\(line.prefix(80))'")
            }
            let words = fields[0][..<end].split(separator: "_")
            let breed = words.map { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }
            entries.append((String(fields[0]), label - 1, breed.joined(separator: " ")))
        }
        guard !entries.isEmpty else {
            throw DatasetError(path: path, message: "names no pictures")
        }
    }
}

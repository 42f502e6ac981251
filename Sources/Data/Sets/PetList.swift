/// One of the lists of Oxford-IIIT Pet: a line a picture,
/// `<picture> <breed from 1> <species from 1> <breed within the species>`.
struct PetList {
    struct Entry: Sendable {
        /// The name of picture and trimap without extension.
        let picture: String
        /// From 0.
        let breed: Int
        /// 0 a cat, 1 a dog.
        let species: Int
        /// Such as `Saint Bernard`.
        let breedName: String
    }

    let path: String
    private(set) var entries: [Entry] = []

    init(path: String) throws(DatasetError) {
        self.path = path
        let bytes: [UInt8]
        do { bytes = try Files.read(path) } catch {
            throw DatasetError(path: path, message: error.message)
        }
        let lines = String(decoding: bytes, as: UTF8.self)
            .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (number, line) in lines.enumerated() where !line.isEmpty && line.first != "#" {
            guard let entry = Entry(line) else {
                throw DatasetError(
                    path: "\(path):\(number + 1)",
                    message: "expected '<Breed>_<number> <class> <species> <breed>', but found "
                        + "'\(line.prefix(80))'")
            }
            entries.append(entry)
        }
        guard !entries.isEmpty else {
            throw DatasetError(path: path, message: "names no pictures")
        }
    }

    /// The names of the breeds, which must be numbered without gaps.
    func breeds() throws(DatasetError) -> [String] {
        var names: [Int: String] = [:]
        for entry in entries { names[entry.breed] = entry.breedName }
        return try (0..<names.count).map { breed throws(DatasetError) -> String in
            guard let name = names[breed] else {
                throw DatasetError(path: path, message: "names no picture of class \(breed + 1)")
            }
            return name
        }
    }

    /// Refuses pictures of other breeds.
    func check(against breeds: [String]) throws(DatasetError) {
        if let stray = entries.first(where: { $0.breed >= breeds.count }) {
            throw DatasetError(
                path: path,
                message: "\(stray.picture) is of class \(stray.breed + 1); the training part has "
                    + "classes 1 to \(breeds.count)")
        }
    }
}

extension PetList.Entry {
    /// Reads a line; nil if it is none.
    fileprivate init?(_ line: Substring) {
        let fields = line.split(whereSeparator: \.isWhitespace)
        guard fields.count == 4, let breed = Int(fields[1]), (1...10_000).contains(breed),
            let species = Int(fields[2]), (1...2).contains(species),
            let end = fields[0].lastIndex(of: "_")
        else { return nil }
        let words = fields[0][..<end].split(separator: "_")
            .map { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }
        self.init(
            picture: String(fields[0]), breed: breed - 1, species: species - 1,
            breedName: words.joined(separator: " "))
    }
}

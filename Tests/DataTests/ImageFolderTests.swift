import Datasets
import Testing

@Suite struct ImageFolderTests {
    private func makePets() throws -> TemporaryFolder {
        let folder = TemporaryFolder()
        for split in ["train", "test"] {
            for (label, name) in ["dog", "cat", "Ara"].enumerated() {
                for number in 0..<(label + 2) {
                    let image = patternImage(
                        width: 10 + number, height: 8 + label,
                        number: label * 20 + number + (split == "test" ? 100 : 0))
                    let suffix = ["png", "PNG", "data", "txt"][number]
                    try folder.write(
                        encodePNG(image), to: "pets/\(split)/\(name)/\(number).\(suffix)")
                }
            }
            try folder.write([1, 2, 3], to: "pets/\(split)/cat/.DS_Store")
            try folder.write([1, 2, 3], to: "pets/\(split)/.hidden/x.png")
            try folder.write([1, 2, 3], to: "pets/\(split)/notes.txt")
        }
        return folder
    }

    @Test func listsClassesAndFiles() throws {
        let folder = try makePets()
        let set = try ImageFolder(folder: "\(folder.path)/pets/train")
        #expect(set.classNames == ["Ara", "cat", "dog"])
        #expect(set.countsPerClass == [4, 3, 2])
        #expect(
            (0..<set.count).map { set.name(at: $0) } == [
                "Ara/0.png", "Ara/1.PNG", "Ara/2.data", "Ara/3.txt", "cat/0.png", "cat/1.PNG",
                "cat/2.data", "dog/0.png", "dog/1.PNG",
            ])
        #expect(try set.image(at: 6) == patternImage(width: 12, height: 9, number: 22))
        #expect(set.label(at: 6) == 1)
    }

    @Test func cacheGivesTheSamePictures() throws {
        let folder = try makePets()
        let set = try ImageFolder(folder: "\(folder.path)/pets/train", cacheBytes: 700)
        let first = try (0..<set.count).map { try set.image(at: $0) }
        // The first two fit the cache (10*10*3 and 11*10*3 bytes) and survive their files.
        try folder.write([0], to: "pets/train/Ara/0.png")
        try folder.write([0], to: "pets/train/Ara/2.data")
        #expect(try set.image(at: 0) == first[0])
        #expect(throws: ImageError.self) { try set.image(at: 2) }
    }

    @Test func fingerprintIsOfNamesAndSizes() throws {
        let folder = try makePets()
        let path = "\(folder.path)/pets/train"
        let before = try ImageFolder(folder: path).fingerprint
        #expect(try ImageFolder(folder: path).fingerprint == before)
        try folder.write([1, 2, 3, 4], to: "pets/train/cat/9.png")
        #expect(try ImageFolder(folder: path).fingerprint != before)
    }

    @Test func namesBadPictures() throws {
        let folder = try makePets()
        let set = try ImageFolder(folder: "\(folder.path)/pets/train")
        try folder.write(Array("GIF89a".utf8), to: "pets/train/cat/0.png")
        do {
            _ = try set.image(at: 4)
            Issue.record("a GIF was read")
        } catch {
            #expect(
                error.description
                    == "\(folder.path)/pets/train/cat/0.png: is a GIF, not a JPEG or PNG; convert "
                    + "it first")
        }
    }

    private func message(_ path: String, classNames: [String]? = nil) -> String {
        do {
            _ = try ImageFolder(folder: path, classNames: classNames)
            return ""
        } catch {
            return error.message
        }
    }

    @Test func saysWhatIsWrong() throws {
        let folder = try makePets()
        #expect(message("\(folder.path)/none").hasPrefix("No such file or directory"))
        #expect(message("\(folder.path)/pets/train/cat").hasPrefix("has no class folders"))
        #expect(
            message("\(folder.path)/pets/train", classNames: ["Ara", "cats", "dog"])
                == "is no class of the training part; did you mean 'cats'?")
        try folder.write([1], to: "pets/train/eel/.hidden")
        #expect(message("\(folder.path)/pets/train").hasPrefix("has no pictures"))
    }

    @Test func checkFindsEveryKindOfProblem() throws {
        let folder = try makePets()
        let cat = try Files.read("\(folder.path)/pets/train/cat/0.png")
        try folder.write(cat, to: "pets/test/cat/copy.png")
        try folder.write(cat, to: "pets/test/dog/copy.png")
        try folder.write(encodeJPEG(patternImage(width: 9, height: 9)), to: "pets/train/dog/j.png")
        try folder.write(Array(cat.prefix(60)), to: "pets/train/dog/k.png")
        let train = try ImageFolder(folder: "\(folder.path)/pets/train")
        let test = try ImageFolder(
            folder: "\(folder.path)/pets/test", classNames: train.classNames)
        let check = checkDataset([(.train, train), (.test, test)])
        #expect(check.count == 22)
        // The patterns are ramps that do look alike.
        let certain = check.problems.filter { !$0.isSuspicion }
        let found = certain.map { "\($0.split.rawValue) \($0.description)" }
        #expect(
            found == [
                "train Ara/2.data: is a PNG by its content; its extension says otherwise",
                "train Ara/3.txt: is a PNG by its content; its extension says otherwise",
                "train cat/2.data: is a PNG by its content; its extension says otherwise",
                "train dog/j.png: is a JPEG by its content; its extension says otherwise",
                "train dog/k.png: is a damaged PNG: the file ends early",
                "test Ara/2.data: is a PNG by its content; its extension says otherwise",
                "test Ara/3.txt: is a PNG by its content; its extension says otherwise",
                "test cat/2.data: is a PNG by its content; its extension says otherwise",
                "test cat/copy.png: in test is the same picture as cat/0.png in train",
                "test dog/copy.png: in test is the same picture as cat/0.png in train, with another label",
            ])
        #expect(check.problems.filter(\.leaksAcrossSplits).count == 2)
    }
}

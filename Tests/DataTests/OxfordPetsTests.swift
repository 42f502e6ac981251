import Datasets
import Testing

@Suite struct OxfordPetsTests {
    private func make(_ trainval: String, _ test: String) throws -> TemporaryFolder {
        let folder = TemporaryFolder()
        try folder.write(Array(trainval.utf8), to: "oxford-iiit-pet/annotations/trainval.txt")
        try folder.write(Array(test.utf8), to: "oxford-iiit-pet/annotations/test.txt")
        let picture = encodePNG(patternImage(width: 6, height: 5))
        try folder.write(picture, to: "oxford-iiit-pet/images/saint_bernard_7.jpg")
        return folder
    }

    @Test func readsTheLists() throws {
        let folder = try make(
            "#Image CLASS-ID\nAbyssinian_1 1 1 1\nsaint_bernard_12 2 2 1\nAbyssinian_3 1 1 1\n",
            "saint_bernard_7 2 2 1\n")
        let pets = "\(folder.path)/oxford-iiit-pet"
        let train = try ImageFolder(oxfordPets: pets, split: .train)
        #expect(train.classNames == ["Abyssinian", "Saint Bernard"])
        #expect((0..<train.count).map { train.label(at: $0) } == [0, 1, 0])
        #expect(train.name(at: 1) == "saint_bernard_12.jpg")
        let test = try ImageFolder(oxfordPets: pets, split: .test)
        #expect(test.label(at: 0) == 1)
        #expect(try test.image(at: 0) == patternImage(width: 6, height: 5))
        #expect(throws: ImageError.self) { try train.image(at: 0) }
        #expect(throws: DatasetError.self) {
            try ImageFolder(oxfordPets: pets, split: .validation)
        }
    }

    @Test func saysWhichLineIsWrong() throws {
        let folder = try make("Abyssinian_1 1 1 1\n\nAbyssinian_2 one 1 1\n", "x_1 2 1 1\n")
        do {
            _ = try ImageFolder(oxfordPets: "\(folder.path)/oxford-iiit-pet", split: .train)
            Issue.record("a class 'one' was read")
        } catch {
            #expect(error.path.hasSuffix("annotations/trainval.txt:3"))
            #expect(error.message.hasSuffix("found 'Abyssinian_2 one 1 1'"))
        }
        let gap = try make("Abyssinian_1 1 1 1\n", "x_1 2 1 1\n")
        do {
            _ = try ImageFolder(oxfordPets: "\(gap.path)/oxford-iiit-pet", split: .test)
            Issue.record("an unknown class was read")
        } catch {
            #expect(error.message == "x_1 is of class 2; the training part has classes 1 to 1")
        }
    }
}

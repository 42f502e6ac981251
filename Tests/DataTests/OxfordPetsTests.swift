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
        let train = try OxfordPets(folder: pets, split: .train)
        #expect(train.classNames == ["Abyssinian", "Saint Bernard"])
        #expect((0..<train.count).map { train.label(at: $0) } == [0, 1, 0])
        #expect(train.name(at: 1) == "saint_bernard_12.jpg")
        let test = try OxfordPets(folder: pets, split: .test)
        #expect(test.label(at: 0) == 1)
        #expect(try test.image(at: 0) == patternImage(width: 6, height: 5))
        #expect(try test.mask(at: 0) == nil)
        #expect(test.maskClassNames == [])
        #expect(throws: ImageError.self) { try train.image(at: 0) }
        #expect(throws: DatasetError.self) { try OxfordPets(folder: pets, split: .validation) }
    }

    @Test func hasThreeTasks() throws {
        let folder = try make(
            "Abyssinian_1 1 1 1\nbeagle_2 2 2 1\nBengal_3 3 1 2\n", "saint_bernard_7 2 2 1\n")
        let pets = "\(folder.path)/oxford-iiit-pet"
        let species = try OxfordPets(folder: pets, split: .train, tasks: [.species])
        #expect(species.classNames == ["Cat", "Dog"])
        #expect((0..<3).map { species.label(at: $0) } == [0, 1, 0])
        #expect((0..<3).map { species.stratum(at: $0) } == [0, 1, 2])
        do {
            _ = try OxfordPets(folder: pets, split: .test, tasks: [.segmentation])
            Issue.record("there are no trimaps")
        } catch { #expect(error.path.hasSuffix("annotations/trimaps")) }

        let values: [UInt8] = (0..<30).map { UInt8($0 % 3 + 1) }
        try folder.write(
            encodePNG(values, width: 6, height: 5, layout: .grey),
            to: "oxford-iiit-pet/annotations/trimaps/saint_bernard_7.png")
        let test = try OxfordPets(folder: pets, split: .test, tasks: [.segmentation])
        #expect(test.maskClassNames == ["Pet", "Background", "Border"])
        #expect(test.classNames == ["Abyssinian", "Beagle", "Bengal"])
        #expect(
            try test.mask(at: 0) == Mask(width: 6, height: 5, classes: values.map { $0 - 1 }))
        let train = try OxfordPets(folder: pets, split: .train, tasks: [.segmentation])
        #expect(throws: ImageError.self) { try train.mask(at: 0) }
        #expect(train.fingerprint != species.fingerprint)
    }

    @Test func saysWhichLineIsWrong() throws {
        func message(_ trainval: String, _ test: String, _ split: Split) throws -> DatasetError? {
            let folder = try make(trainval, test)
            do {
                _ = try OxfordPets(folder: "\(folder.path)/oxford-iiit-pet", split: split)
                return nil
            } catch { return error }
        }
        let line = try #require(
            try message("Abyssinian_1 1 1 1\n\nAbyssinian_2 one 1 1\n", "x_1 2 1 1\n", .train))
        #expect(line.path.hasSuffix("annotations/trainval.txt:3"))
        #expect(line.message.hasSuffix("found 'Abyssinian_2 one 1 1'"))
        let species = try message("Abyssinian_1 1 3 1\n", "x_1 2 1 1\n", .train)
        #expect(species?.path.hasSuffix("annotations/trainval.txt:1") == true)
        let gap = try message("Abyssinian_1 1 1 1\n", "x_1 2 1 1\n", .test)
        #expect(gap?.message == "x_1 is of class 2; the training part has classes 1 to 1")
    }

    @Test func partsMustNotShareAPicture() throws {
        func complaint(_ trainval: String, _ test: String) throws -> String? {
            let folder = try make(trainval, test)
            let pets = "\(folder.path)/oxford-iiit-pet"
            let picture = try Files.read("\(pets)/images/saint_bernard_7.jpg")
            try folder.write(picture, to: "oxford-iiit-pet/images/Abyssinian_1.jpg")
            do {
                try requireDisjoint([
                    (.train, try OxfordPets(folder: pets, split: .train)),
                    (.test, try OxfordPets(folder: pets, split: .test)),
                ])
                return nil
            } catch { return error.description }
        }
        let named = try complaint("saint_bernard_7 1 2 1\n", "saint_bernard_7 1 2 1\n")
        #expect(
            named?.hasPrefix(
                "saint_bernard_7.jpg: is in the train part and in the test part; ") == true)
        let copied = try complaint("Abyssinian_1 1 2 1\n", "saint_bernard_7 1 2 1\n")
        #expect(
            copied?.hasPrefix(
                "saint_bernard_7.jpg: in the test part is the same picture as Abyssinian_1.jpg in "
                    + "the train part; ") == true)
        #expect(try complaint("beagle_3 1 2 1\n", "saint_bernard_7 1 2 1\n") == nil)
    }
}

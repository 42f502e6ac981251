import Datasets
import Testing

@Suite struct CIFARTests {
    /// `count` records; planes of which every byte differs from its neighbours.
    private func records(_ count: Int, labels: (Int) -> [UInt8], from first: Int = 0) -> [UInt8] {
        (0..<count).flatMap { record in
            labels(record)
                + (0..<3_072).map { UInt8(truncatingIfNeeded: $0 * 7 + (first + record) * 13) }
        }
    }

    private func makeCIFAR10(_ folder: TemporaryFolder) throws {
        let names = "airplane automobile bird cat deer dog frog horse ship truck"
        try folder.write(
            Array(names.split(separator: " ").joined(separator: "\n").utf8) + [10, 10],
            to: "batches.meta.txt")
        for number in 1...5 {
            try folder.write(
                records(number, labels: { [UInt8(($0 + number) % 10)] }, from: number * 100),
                to: "data_batch_\(number).bin")
        }
        try folder.write(records(4, labels: { [UInt8($0)] }), to: "test_batch.bin")
    }

    @Test func readsTheOfficialLayout() throws {
        let folder = TemporaryFolder()
        try makeCIFAR10(folder)
        let train = try CIFAR(.cifar10, split: .train, folder: folder.path)
        #expect(train.count == 15)
        #expect(train.classNames.count == 10 && train.classNames[9] == "truck")
        #expect(
            (0..<15).map { train.label(at: $0) } == [
                1, 2, 3, 3, 4, 5, 4, 5, 6, 7, 5, 6, 7, 8, 9,
            ])
        #expect(train.name(at: 0) == "data_batch_1.bin[0]")
        #expect(train.name(at: 9) == "data_batch_4.bin[3]")
        #expect(train.countsPerClass == [0, 1, 1, 2, 2, 3, 2, 2, 1, 1])
        let image = try train.image(at: 9)
        #expect(image.width == 32 && image.height == 32)
        for (row, column) in [(0, 0), (0, 31), (17, 5), (31, 31)] {
            for channel in 0..<3 {
                let place = channel * 1_024 + row * 32 + column
                let expected = UInt8(truncatingIfNeeded: place * 7 + 403 * 13)
                #expect(image.pixels[(row * 32 + column) * 3 + channel] == expected)
            }
        }
        let test = try CIFAR(.cifar10, split: .test, folder: folder.path)
        #expect(test.count == 4)
        #expect(test.fingerprint.count == 64 && test.fingerprint != train.fingerprint)
        let again = try CIFAR(.cifar10, split: .test, folder: folder.path)
        #expect(test.fingerprint == again.fingerprint)
    }

    @Test func readsBothLabelsOfCIFAR100() throws {
        let folder = TemporaryFolder()
        try folder.write(
            records(3, labels: { [UInt8($0 * 5), UInt8($0 * 40)] }), to: "test.bin")
        let fine = (0..<100).map { "fine\($0)" }.joined(separator: "\n")
        let coarse = (0..<20).map { "coarse\($0)" }.joined(separator: "\n")
        try folder.write(Array(fine.utf8), to: "fine_label_names.txt")
        try folder.write(Array(coarse.utf8), to: "coarse_label_names.txt")
        let fineSet = try CIFAR(.cifar100, split: .test, folder: folder.path)
        #expect((0..<3).map { fineSet.label(at: $0) } == [0, 40, 80])
        let coarseSet = try CIFAR(.cifar100Coarse, split: .test, folder: folder.path)
        #expect((0..<3).map { coarseSet.label(at: $0) } == [0, 5, 10])
        #expect(coarseSet.classNames[10] == "coarse10")
        #expect(try fineSet.image(at: 2) == coarseSet.image(at: 2))
    }

    private func message(_ folder: TemporaryFolder, _ split: Split) -> String {
        do {
            _ = try CIFAR(.cifar10, split: split, folder: folder.path)
            return ""
        } catch {
            return error.description.replacing(folder.path, with: "D")
        }
    }

    @Test func saysWhatIsWrong() throws {
        let folder = TemporaryFolder()
        #expect(message(folder, .test).hasPrefix("D/batches.meta.txt: "))
        try makeCIFAR10(folder)
        try folder.write(records(2, labels: { [UInt8($0 * 11)] }), to: "test_batch.bin")
        #expect(
            message(folder, .test)
                == "D/test_batch.bin: record 1 has label 11; labels go from 0 to 9")
        try folder.write(
            Array(records(2, labels: { [UInt8($0)] }).dropLast()), to: "test_batch.bin")
        #expect(
            message(folder, .test).hasPrefix(
                "D/test_batch.bin: has 6145 bytes, which is no whole number of 3073-byte records"))
        try folder.write([], to: "data_batch_3.bin")
        #expect(message(folder, .train).hasPrefix("D/data_batch_3.bin: has 0 bytes"))
        try folder.write(Array("cat\ndog\n".utf8), to: "batches.meta.txt")
        #expect(
            message(folder, .train)
                == "D/batches.meta.txt: names 2 classes; expected 10, one a line")
    }

    @Test func rootSaysWhereItLooked() throws {
        let folder = TemporaryFolder()
        do {
            let variant = CIFAR.Variant.cifar10
            _ = try DataRoot(folder.path).find(variant.folder, archive: variant.archive)
            Issue.record("found data in an empty folder")
        } catch {
            let text = error.description
            #expect(text.hasPrefix("\(folder.path)/cifar-10-batches-bin: there is no such folder"))
            #expect(text.contains("cifar-10-binary.tar.gz") && text.contains("RESIDUAL_DATA"))
        }
    }
}

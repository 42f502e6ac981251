import Datasets
import Foundation
import Testing

/// The data root named by `RESIDUAL_DATA`, if it holds `folder`.
private func realData(_ folder: String) -> Bool {
    guard let root = ProcessInfo.processInfo.environment["RESIDUAL_DATA"] else { return false }
    return FileManager.default.fileExists(atPath: "\(root)/\(folder)")
}

/// Real data sets in their official layouts; runs where `RESIDUAL_DATA` points to them.
@Suite struct RealDataTests {
    @Test(.enabled(if: realData("cifar-10-batches-bin")))
    func cifar10IsWhole() throws {
        let folder = try DataRoot().find(CIFAR.Variant.cifar10.folder)
        for (split, count) in [(Split.train, 5_000), (.test, 1_000)] {
            let part = try CIFAR(.cifar10, split: split, folder: folder)
            #expect(part.countsPerClass == [Int](repeating: count, count: 10))
            #expect(part.classNames.first == "airplane" && part.classNames.last == "truck")
        }
    }

    /// The same pictures once as JPEG files, once as the bytes that another decoder made of them.
    @Test(.enabled(if: realData("cifar10-images") && realData("cifar-10-batches-bin")))
    func jpegFilesDecodeToTheBinaryBatches() throws {
        let root = DataRoot()
        let files = try ImageFolder(folder: try root.find("cifar10-images") + "/test")
        let batches = try CIFAR(
            .cifar10, split: .test, folder: try root.find(CIFAR.Variant.cifar10.folder))
        func pictures(_ set: some Dataset) throws -> [[UInt8]: [Int32]] {
            var found: [[UInt8]: [Int32]] = [:]
            for index in 0..<set.count {
                found[try set.image(at: index).pixels, default: []].append(set.label(at: index))
            }
            return found.mapValues { $0.sorted() }
        }
        #expect(files.classNames == batches.classNames)
        let (decoded, stored) = (try pictures(files), try pictures(batches))
        #expect(decoded == stored)
    }

    @Test(.enabled(if: realData("oxford-iiit-pet")))
    func petsAreWholeAndDisjoint() throws {
        let folder = try DataRoot().find("oxford-iiit-pet")
        let train = try OxfordPets(folder: folder, split: .train)
        let test = try OxfordPets(folder: folder, split: .test)
        #expect(train.count == 3_680 && test.count == 3_669)
        #expect(train.classNames.count == 37)
        let check = checkDataset([(.train, train), (.test, test)])
        #expect(check.problems.count { $0.leaksAcrossSplits } == 0)
        let split = try train.stratifiedSplit(.fraction(0.2), seed: 0)
        #expect(split.train.count == 2_944 && split.validation.count == 736)
    }

    @Test(.enabled(if: realData("oxford-iiit-pet-originals")))
    func photographsOfAnySizeDecode() throws {
        let folder = try DataRoot().find("oxford-iiit-pet-originals") + "/images"
        let names = try Files.list(folder).filter { $0.hasSuffix(".jpg") }
        #expect(names.count == 185)
        let rule = ResizeRule.shorterSide(64, .bilinear)
        for name in names {
            let image = try decodeImage(
                try Files.read("\(folder)/\(name)"), limits: .standard, name: name)
            let small = rule.apply(image)
            #expect(min(small.width, small.height) == 64, "\(name)")
        }
    }
}

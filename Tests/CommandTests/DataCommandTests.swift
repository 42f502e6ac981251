import Datasets
import Foundation
import Support
import Testing

extension CommandTests {
    /// `data info`, `data check` and `data prepare`.
    @Suite struct DataCommandTests {
        private static let small = ["data.train_count=40", "data.test_count=30"]

        @Test func infoDescribesTheDrawnShapes() async throws {
            let place = try Workplace()
            let outcome = try await Program.run(["data", "info", "shapes"] + Self.small, in: place)
            #expect(outcome.succeeded, "\(outcome.errors)")
            let train = ShapesDataset(split: .train, count: 40)
            let test = ShapesDataset(split: .test, count: 30)
            for text in [
                "train: 40 pictures, fingerprint \(train.fingerprint.prefix(16))",
                "test: 30 pictures, fingerprint \(test.fingerprint.prefix(16))", "  32×32: 40\n",
                "  32×32: 30\n",
            ] {
                #expect(outcome.output.contains(text), "\(outcome.output)")
            }
            let statistics = try ChannelStatistics(of: train)
            for value in statistics.mean + statistics.standardDeviation {
                let text = "\((value * 10000).rounded() / 10000)"
                #expect(outcome.output.contains(text), "\(text): \(outcome.output)")
            }
            let lines = outcome.output.split(separator: "\n").map { $0.split(separator: " ") }
            for name in train.classNames {
                let counts = lines.filter { $0.first == name[...] }.compactMap { $0.last }
                #expect(counts == ["4", "3"], "\(name)")
            }
        }

        @Test func previewDrawsASheet() async throws {
            let place = try Workplace()
            try place.write(
                """
                data: {name: shapes, train_count: 60, sampling: balanced}
                model: {name: resnet20}
                augmentation: {crop: {}, trivial_augment: true, cutout: {size: 8}, mixing: {}}
                epochs: 1
                """, to: "sheet.yaml")
            let arguments = ["data", "preview", "sheet.yaml", "--samples", "3", "--epochs", "2"]
            for name in ["a.png", "b.png"] {
                let outcome = try await Program.run(arguments + ["--output", name], in: place)
                #expect(outcome.succeeded, "\(outcome.errors)")
                // Two columns of 4 times 32 pixels and a gap; three rows with two lines of text.
                #expect(outcome.output == "\(name): 268×454 pixels\n")
            }
            let sheet = try place.bytes("a.png")
            #expect(try place.bytes("b.png") == sheet)
            let image = try decodeImage(sheet, name: "a.png")
            #expect(image.width == 268 && image.height == 454)
            #expect(Set(image.pixels).count > 50)
        }

        @Test func theDrawnShapesAreSound() async throws {
            let place = try Workplace()
            let outcome = try await Program.run(
                ["data", "check", "shapes"] + Self.small, in: place)
            #expect(outcome.succeeded, "\(outcome.errors)")
            #expect(
                outcome.output == "train: 40 pictures, 10 classes of 4\n"
                    + "test: 30 pictures, 10 classes of 3\n")
            #expect(outcome.errors == "70 pictures, 0 problems\n")
        }

        @Test func prepareMeasuresAndKeeps() async throws {
            let place = try Workplace()
            try Samples.writePhotos(to: place, folder: "photos", parts: ["train"], count: 6)
            let expected = try ChannelStatistics(
                of: try ImageFolder(folder: place.file("photos/train")))
            for _ in 0..<2 {
                let outcome = try await Program.run(
                    ["data", "prepare", "photos", "data.validation=0"], in: place)
                #expect(outcome.succeeded, "\(outcome.errors)")
                #expect(outcome.output.hasPrefix("photos: 12 training pictures, 2 classes\n"))
                for (title, values) in [
                    ("mean", expected.mean), ("standard deviation", expected.standardDeviation),
                ] {
                    let line = try #require(
                        outcome.output.split(separator: "\n").first { $0.hasPrefix(title) })
                    let numbers = line.split(separator: " ").compactMap { Double($0) }
                    #expect(numbers.count == 3)
                    for (number, value) in zip(numbers, values) {
                        #expect(abs(number - value) < 1e-6, "\(line)")
                    }
                }
            }
        }

        @Test func checkFindsWhatIsWrongWithAFolder() async throws {
            let place = try Workplace()
            try Samples.writePhotos(
                to: place, folder: "photos", parts: ["train", "test"], count: 4)
            let first = try place.bytes("photos/train/cross/0.png")
            try place.write(first, to: "photos/train/cross/9.png")
            try place.write(first, to: "photos/test/cross/twin.png")
            try place.write(first, to: "photos/test/disc/other.png")
            try place.write(
                encodePNG(try Samples.picture(0)), to: "photos/train/disc/misnamed.jpg")
            try place.write(
                Array(try place.bytes("photos/test/disc/1.jpg").prefix(300)),
                to: "photos/test/disc/1.jpg")
            try place.write(BadInputFiles.gif, to: "photos/test/disc/2.jpg")
            let before = place.inventory()
            let outcome = try await Program.run(
                [
                    "data", "check", "photos", "data.test_folder=test", "data.validation=0",
                ], in: place)
            #expect(outcome.ending == .exited(1), "\(outcome.errors)")
            #expect(place.inventory() == before)
            let lines = outcome.output.split(separator: "\n").map(String.init)
            let expected = [
                "cross/9.png: is the same picture as cross/0.png",
                "disc/misnamed.jpg: is a PNG by its content; its extension says otherwise",
                "cross/twin.png: in test is the same picture as cross/0.png in train",
                "disc/2.jpg: is a GIF, not a JPEG or PNG; convert it first",
                "disc/other.png: in test is the same picture as cross/0.png in train, with another "
                    + "label",
            ]
            #expect(lines.filter { expected.contains($0) } == expected, "\(outcome.output)")
            let others = lines.filter { !expected.contains($0) }
            #expect(others.count == 3 && others[0].hasPrefix("disc/1.jpg: is a damaged JPEG: "))
            #expect(
                others.dropFirst() == [
                    "train: 10 pictures, 2 classes of 5",
                    "test: 10 pictures, 2 classes of 5, 2 unreadable",
                ])
            #expect(
                outcome.errors
                    == "20 pictures, 6 problems, 2 of them pictures in more than one part\n")
        }

        @Test func checkReadsPetsAndTheirTrimaps() async throws {
            let place = try Workplace()
            try Samples.writePets(to: place, root: "root", train: 10, test: 4)
            try place.write(BadInputFiles.gif, to: "root/oxford-iiit-pet/images/beagle_3.jpg")
            let outcome = try await Program.run(
                [
                    "data", "check", "oxford-pets", "--root", "root", "--json",
                    "data.task=segmentation",
                ], in: place)
            #expect(outcome.ending == .exited(1), "\(outcome.errors)")
            let json = try JSONValue.parse(outcome.output)
            #expect(json["pictures"]?.integer == 14)
            let parts = try #require(json["parts"]?.array)
            #expect(parts.map { $0["pictures"]?.integer } == [10, 4])
            #expect(parts[0]["classes"]?["Abyssinian"]?.integer == 5)
            #expect((parts[1]["mask_pixels"]?["Border"]?.integer ?? 0) > 0)
            let problems = try #require(json["problems"]?.array)
            #expect(problems.map { $0["kind"]?.string } == ["unreadable"])
            #expect(problems[0]["name"]?.string == "beagle_3.jpg")
        }

        @Test func aConfigurationNamesTheData() async throws {
            let place = try Workplace()
            try place.write(Samples.configuration, to: "tiny.yaml")
            let outcome = try await Program.run(
                ["data", "info", "tiny.yaml", "data.test_count=10"], in: place)
            #expect(outcome.succeeded, "\(outcome.errors)")
            for text in ["train: 80 pictures", "validation: 16 pictures", "test: 10 pictures"] {
                #expect(outcome.output.contains(text), "\(outcome.output)")
            }
        }
    }
}

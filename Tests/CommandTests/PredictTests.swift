import Datasets
import Support
import Testing
import Train

extension CommandTests {
    /// `predict` on files, folders and standard input.
    @Suite struct PredictTests {
        /// A folder with five held-out pictures, one of them hidden, and other files.
        private static func pictures() throws -> Workplace {
            let place = try Workplace()
            for index in 0..<4 {
                let name = ["a.png", "b.PNG", "deep/c.png", "deep/d e,f.png"][index]
                try place.write(encodePNG(try Samples.picture(index)), to: "pictures/\(name)")
            }
            try place.write(encodePNG(try Samples.picture(4)), to: "pictures/.hidden/e.png")
            try place.write("notes", to: "pictures/notes.txt")
            return place
        }

        private static let order = ["a.png", "b.PNG", "deep/c.png", "deep/d e,f.png"].map {
            "pictures/\($0)"
        }

        /// The lines of `predictions.csv`: the predicted class, its confidence, and the probabilities.
        private static func expected(_ run: TrainedRun) throws -> [[Substring]] {
            try run.place.text(run.file(RunFile.predictions)).split(separator: "\n").dropFirst().map
            {
                let fields = $0.split(separator: ",")
                return [fields[3]] + fields[5...]
            }
        }

        @Test func aFolderAsJSON() async throws {
            let run = try await Samples.trainedRun()
            let place = try Self.pictures()
            let outcome = try await Program.run(
                ["predict", run.place.file(run.name), "pictures", "--format", "json"], in: place)
            #expect(outcome.succeeded, "\(outcome.errors)")
            let documents = try #require(try JSONValue.parse(outcome.output).array)
            #expect(documents.map { $0["picture"]?.string } == Self.order)
            let expected = try Self.expected(run)
            for (index, document) in documents.enumerated() {
                let probabilities = try #require(document["probabilities"]?.members)
                #expect(
                    probabilities.map(\.key) == ShapesDataset(split: .test, count: 1).classNames)
                expectEqualFigures(
                    probabilities.map { $0.value.number },
                    expected[index].dropFirst(2).map { Double($0) })
                #expect(document["class"]?.string == String(expected[index][0]))
                let sum = probabilities.reduce(0) { $0 + ($1.value.number ?? .nan) }
                #expect(abs(sum - 1) < 1e-5)
            }
        }

        @Test func filesAsATable() async throws {
            let run = try await Samples.trainedRun()
            let place = try Self.pictures()
            let outcome = try await Program.run(
                [
                    "predict", run.place.file(run.best), "--top-k", "2", "pictures/b.PNG",
                    "pictures/a.png",
                ],
                in: place)
            #expect(outcome.succeeded, "\(outcome.errors)")
            let lines = outcome.output.split(separator: "\n")
            let expected = try Self.expected(run)
            for (name, index) in [("pictures/b.PNG", 1), ("pictures/a.png", 0)] {
                let line = try #require(lines.first { $0.contains(name) })
                #expect(line.contains(expected[index][0]))
                #expect(
                    line.split(separator: " ").count == 5, "picture, class, its figure, the next")
            }
            let places = lines.map { $0.contains("b.PNG") ? 1 : $0.contains("a.png") ? 2 : 0 }
            #expect(places.filter { $0 > 0 } == [1, 2], "the order is that of the arguments")
        }

        @Test func theTableKeepsAllDigitsAsCSV() async throws {
            let run = try await Samples.trainedRun()
            let place = try Self.pictures()
            let outcome = try await Program.run(
                [
                    "predict", run.place.file(run.best), "pictures", "--format", "csv", "--threads",
                    "1",
                ],
                in: place)
            #expect(outcome.succeeded, "\(outcome.errors)")
            let lines = outcome.output.split(separator: "\n")
            #expect(lines[0].hasPrefix("picture,class,probability,"))
            #expect(lines.count == 5)
            #expect(lines[4].hasPrefix("\"pictures/deep/d e,f.png\","))
            for (line, expected) in zip(lines.dropFirst().dropLast(), try Self.expected(run)) {
                let fields = line.split(separator: ",")
                #expect(fields[1] == expected[0])
                expectEqualFigures(
                    fields.dropFirst(2).map { Double($0) }, expected.dropFirst().map { Double($0) })
            }
        }

        @Test func standardInputIsAPicture() async throws {
            let run = try await Samples.trainedRun()
            let image = try Samples.picture(3)
            let outcome = try await Program.run(
                ["predict", run.best, "-", "--format", "csv"], in: run.place,
                input: encodePNG(image))
            #expect(outcome.succeeded, "\(outcome.errors)")
            let fields = try #require(outcome.output.split(separator: "\n").last).split(
                separator: ",")
            let expected = try Self.expected(run)[3]
            #expect(fields[0] == "-" && fields[1] == expected[0])
            expectEqualFigures(
                fields.dropFirst(2).map { Double($0) }, expected.dropFirst().map { Double($0) })
        }

        @Test func aBrokenPictureDoesNotStopTheOthers() async throws {
            let run = try await Samples.trainedRun()
            let place = try Self.pictures()
            try place.write(
                Array(try place.bytes("pictures/a.png").prefix(200)), to: "pictures/aa.png")
            let outcome = try await Program.run(
                ["predict", run.place.file(run.best), "pictures", "--format", "csv"], in: place)
            #expect(outcome.ending == .exited(1))
            #expect(outcome.output.split(separator: "\n").count == 5)
            #expect(outcome.errors.hasPrefix("pictures/aa.png: is a damaged PNG: "))
            #expect(outcome.errors.hasSuffix("\n1 of 5 could not be read\n"))
        }
    }
}

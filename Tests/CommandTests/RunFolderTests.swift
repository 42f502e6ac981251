import Foundation
import Glibc
import Support
import Testing
import Train

extension CommandTests {
    /// What `train` writes, and what its options do.
    @Suite struct RunFolderTests {
        @Test func everyFileIsThereAndReadable() async throws {
            let run = try await Samples.trainedRun()
            let place = run.place
            var expected: Set<String> = [
                "checkpoints", "tensorboard", RunFile.lock, RunFile.log, RunFile.command,
                RunFile.configuration, RunFile.overrides, RunFile.environment, RunFile.historyTable,
                RunFile.historyLines, RunFile.weightHashes, RunFile.lastCheckpoint,
                RunFile.bestCheckpoint,
                RunFile.textReport, RunFile.jsonReport, RunFile.htmlReport, RunFile.confusionMatrix,
                RunFile.predictions,
            ]
            let root = run.name + "/"
            var found = Set(
                place.inventory().keys.filter { $0.hasPrefix(root) }.map {
                    String($0.dropFirst(root.count))
                })
            let events = found.filter { $0.hasPrefix("tensorboard/events.out.tfevents.") }
            #expect(events.count == 1)
            found.subtract(events)
            // The state of the source tree is known only inside of one.
            expected.formUnion(found.intersection([RunFile.git, RunFile.patch]))
            #expect(found == expected)

            #expect(
                try place.text(run.file(RunFile.overrides)) == "- \"seed=7\"\n- \"threads=2\"\n")
            let command = try place.text(run.file(RunFile.command))
            #expect(command.hasSuffix("residual train tiny.yaml seed=7 threads=2\n"))
            #expect(try place.json(run.file(RunFile.environment))["threads"] == 2)
            #expect(try place.text(run.file(RunFile.htmlReport)).contains("</html>"))
            #expect(try place.text(run.file(RunFile.log)).contains("epoch 3/3"))
            #expect(try timelessHistory(place, run.name).count == 3)
        }

        @Test func theReportHasTheFiguresOfThePredictions() async throws {
            let run = try await Samples.trainedRun()
            let report = try run.place.json(run.file(RunFile.jsonReport))
            let lines = try run.place.text(run.file(RunFile.predictions)).split(separator: "\n")
            #expect(lines.count == 41)
            let right = lines.dropFirst().count { line in
                let fields = line.split(separator: ",")
                return fields[2] == fields[3]
            }
            let accuracy = try #require(report["accuracy"]?.number)
            #expect(accuracy == Double(right) / 40)
            let classes = try #require(report["classification_report"]?.members)
            #expect(classes.count == 13, "ten classes, accuracy and two averages")
            #expect(report["classification_report"]?["accuracy"]?.number == accuracy)
            #expect(report["sample_count"] == 40)
            #expect(report["history"]?.array?.count == 3)
            #expect(run.outcome.output.contains("report  \(run.name)/report.html"))
            #expect(run.outcome.output.contains("./residual serve \(run.best)"))
        }

        @Test func theSavedConfigurationRepeatsTheRun() async throws {
            let run = try await Samples.trainedRun()
            let saved = try run.place.text(run.file(RunFile.configuration))
            let place = try Workplace()
            try place.write(saved, to: "again.yaml")
            let outcome = try await Program.run(
                ["train", "again.yaml", "--quiet", "output=deep/er/folder"], in: place)
            #expect(outcome.succeeded, "\(outcome.errors)")
            #expect(outcome.errors == "", "--quiet")
            try expectSameWeights(
                place.file("deep/er/folder/\(RunFile.lastCheckpoint)"), run.place.file(run.last))
            #expect(
                try place.text("deep/er/folder/\(RunFile.configuration)")
                    == saved.replacingOccurrences(
                        of: "output: null", with: "output: deep/er/folder"))
        }

        @Test func printedConfigurationIsAConfiguration() async throws {
            let place = try Workplace()
            try place.write(Samples.configuration, to: "tiny.yaml")
            let before = place.inventory()
            let printed = try await Program.run(
                [
                    "train", "tiny.yaml", "--print-config", "optimizer.learning_rate=0.25",
                    "~checkpoint",
                ],
                in: place)
            #expect(printed.succeeded, "\(printed.errors)")
            #expect(place.inventory() == before)
            let lines = printed.output.split(separator: "\n")
            #expect(
                lines.contains {
                    $0.contains("learning_rate: 0.25") && $0.contains("# command line")
                })
            #expect(
                lines.contains { $0.contains("train_count: 96") && $0.contains("# tiny.yaml:6") })
            #expect(lines.contains { $0.contains("every_steps: null") && $0.contains("# default") })

            try place.write(printed.output, to: "printed.yaml")
            let again = try await Program.run(
                ["train", "--print-config", "printed.yaml"], in: place)
            #expect(Self.withoutOrigins(again.output) == Self.withoutOrigins(printed.output))
            #expect(!again.output.contains("# default"))
        }

        private static func withoutOrigins(_ text: String) -> [String] {
            text.split(separator: "\n").map { line in
                let value = line.split(separator: "  # ")[0]
                return String(value.reversed().drop { $0 == " " }.reversed())
            }
        }

        @Test func aDryRunWritesNothing() async throws {
            let place = try Workplace()
            try place.write(Samples.configuration, to: "tiny.yaml")
            let before = place.inventory()
            let outcome = try await Program.run(["train", "tiny.yaml", "--dry-run"], in: place)
            #expect(outcome.succeeded, "\(outcome.errors)")
            #expect(place.inventory() == before)
            for text in [
                "resnet20", "train 80", "validation 16", "test 40", "5 steps an epoch, 15 in all",
                "[16, 16, 16, 3]", "nothing was written",
            ] {
                #expect(outcome.output.contains(text), "\(outcome.output)")
            }
        }

        @Test func anExistingFolderIsRefusedAndLeftAlone() async throws {
            let place = try Workplace()
            try place.write(Samples.configuration, to: "tiny.yaml")
            try place.write("precious", to: "results/notes.txt")
            let before = place.inventory()
            let outcome = try await Program.run(
                ["train", "tiny.yaml", "output=results"], in: place)
            #expect(outcome.ending == .exited(1))
            #expect(
                outcome.errors
                    == "results: exists already; choose another output, or go on with it by "
                    + "--resume\n")
            #expect(place.inventory() == before)
        }

        @Test func aFinishedRunIsNotTrainedAgain() async throws {
            let run = try await Samples.trainedRun()
            let place = try Workplace()
            try FileManager.default.copyItem(
                atPath: run.place.file(run.name), toPath: place.file("copy"))
            let outcome = try await Program.run(["train", "--resume", "copy"], in: place)
            #expect(outcome.succeeded, "\(outcome.errors)")
            for file in [RunFile.lastCheckpoint, RunFile.bestCheckpoint] {
                let same = try place.bytes("copy/\(file)") == run.place.bytes(run.file(file))
                #expect(same, "\(file)")
            }
            #expect(
                try timelessHistory(place, "copy") == timelessHistory(run.place, run.name))
            #expect(try place.text("copy/\(RunFile.command)").split(separator: "\n").count == 2)
        }
    }
}

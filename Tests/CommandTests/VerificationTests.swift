import Foundation
import NN
import Support
import Testing
import Train

extension CommandTests {
    /// Runs are repeated bit for bit, and what was changed is found.
    @Suite struct VerificationTests {
        /// A copy of the sample run that can be changed.
        private func copy() async throws -> (place: Workplace, run: TrainedRun) {
            let run = try await Samples.trainedRun()
            let place = try Workplace()
            try FileManager.default.copyItem(
                atPath: run.place.file(run.name), toPath: place.file("copy"))
            return (place, run)
        }

        @Test func aRunIsRepeatedBitForBit() async throws {
            let run = try await Samples.trainedRun()
            let before = run.place.inventory()
            let outcome = try await Program.run(
                ["verify", run.name, "--threads", "1"], in: run.place)
            #expect(outcome.succeeded, "\(outcome.errors)")
            #expect(outcome.output.contains("the same bits: 8 records up to step 15"))
            #expect(outcome.output.contains("threads: 2 then, 1 now"))
            #expect(run.place.inventory() == before)

            let json = try await Program.run(
                ["verify", run.name, "--steps", "7", "--json"], in: run.place)
            #expect(json.succeeded, "\(json.errors)")
            let result = try JSONValue.parse(json.output)
            #expect(result["same"] == true)
            #expect(result["comparisons"]?.array?.map { $0["step"]?.integer } == [5, 5])
        }

        /// A run from before there were hashes is compared with its checkpoints.
        @Test func aRunWithoutHashesIsVerifiedByItsCheckpoints() async throws {
            let (place, _) = try await copy()
            let lines = "copy/\(RunFile.historyLines)"
            let text = try place.text(lines)
            try place.write(
                text.replacing(/"weights_sha256":"[0-9a-f]*",/, with: ""), to: lines)
            try FileManager.default.removeItem(atPath: place.file("copy/\(RunFile.weightHashes)"))
            let outcome = try await Program.run(["verify", "copy"], in: place)
            #expect(outcome.succeeded, "\(outcome.errors)")
            #expect(outcome.output.contains("the same bits: 2 records up to step 15"))
        }

        @Test func anotherLearningRateIsFoundAtOnce() async throws {
            let (place, _) = try await copy()
            let file = "copy/\(RunFile.configuration)"
            try place.write(
                try place.text(file).replacing("learning_rate: 0.05", with: "learning_rate: 0.04"),
                to: file)
            let outcome = try await Program.run(["verify", "copy"], in: place)
            #expect(outcome.ending == .exited(1), "\(outcome.errors)")
            #expect(outcome.output.contains("DIFFERENT: the runs part at step 5 or before"))
            #expect(outcome.output.contains("tensors differ; the first is conv1.weight"))
            #expect(outcome.output.contains("checkpoint.hash_every_steps=1"))
        }

        /// One bit of one weight in a checkpoint.
        @Test func aChangedCheckpointIsNamed() async throws {
            let (place, _) = try await copy()
            let path = "copy/\(RunFile.lastCheckpoint)"
            let file = try SafetensorsFile(path: place.file(path))
            let entry = try #require(file.entries.first { $0.name == "fc.bias" })
            var bytes = try place.bytes(path)
            let dataOffset = 8 + bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
            bytes[dataOffset + entry.range.lowerBound] ^= 1
            try place.write(bytes, to: path)
            let outcome = try await Program.run(["verify", "copy"], in: place)
            #expect(outcome.ending == .exited(1), "\(outcome.errors)")
            #expect(
                outcome.output.contains(
                    "DIFFERENT: at step 15 the run's own records contradict each other; "
                        + "\(RunFile.lastCheckpoint) was changed"), "\(outcome.output)")
            #expect(
                outcome.output.contains("1 of 128 tensors differs; the first is fc.bias, by up to"))
        }

        @Test func stepsAreHashedAndNamed() async throws {
            let place = try Workplace()
            try place.write(Samples.configuration, to: "tiny.yaml")
            let outcome = try await Program.run(
                [
                    "train", "tiny.yaml", "max_steps=4", "checkpoint.hash_every_steps=1",
                    "output=run", "--quiet",
                ], in: place)
            #expect(outcome.succeeded, "\(outcome.errors)")
            let lines = try place.text("run/\(RunFile.weightHashes)").split(separator: "\n")
            #expect(lines.count == 6, "names, four steps and the end")
            // What was recorded of the third step is changed.
            var text = try place.text("run/\(RunFile.weightHashes)")
            let hash = try #require(try JSONValue.parse(String(lines[3]))["sha256"]?.string)
            text = text.replacing(hash, with: String(hash.reversed()))
            try place.write(text, to: "run/\(RunFile.weightHashes)")
            let verified = try await Program.run(["verify", "run"], in: place)
            #expect(verified.ending == .exited(1))
            #expect(verified.output.contains("the runs part after step 2, at step 3 or before"))
        }

        @Test func aKilledRunEndsInTheSameBits() async throws {
            let place = try Workplace()
            try place.write(Samples.configuration, to: "tiny.yaml")
            let before = place.inventory()
            let outcome = try await Program.run(
                ["resume-check", "tiny.yaml", "--threads", "2", "--steps", "9"], in: place)
            #expect(outcome.succeeded, "\(outcome.output)\(outcome.errors)")
            #expect(outcome.output.contains("by SIGKILL after step 4, 2 threads"))
            #expect(outcome.output.contains("from step 3 to step 9, 1 thread"))
            #expect(outcome.output.contains("the same bits: 128 tensors of the model, 65 of"))
            #expect(outcome.output.contains("resumed inside of an epoch"))
            #expect(place.inventory() == before)
        }
    }
}

extension CommandTests {
    /// Lists and comparisons of runs.
    @Suite struct RunListTests {
        @Test func runsAreListedWhateverTheirState() async throws {
            let run = try await Samples.trainedRun()
            let place = try Workplace()
            try place.makeFolder("runs/sweep")
            for name in ["whole", "sweep/half", "torn"] {
                try FileManager.default.copyItem(
                    atPath: run.place.file(run.name), toPath: place.file("runs/\(name)"))
            }
            try FileManager.default.removeItem(atPath: place.file("runs/sweep/half/report.json"))
            try place.write("seed: [", to: "runs/torn/\(RunFile.configuration)")
            try place.write("notes", to: "runs/notes.txt")
            let list = try await Program.run(["runs", "--json"], in: place)
            #expect(list.succeeded, "\(list.errors)")
            let rows = try #require(try JSONValue.parse(list.output).array)
            let states = rows.map { [$0["path"]?.string, $0["status"]?.string] }
            #expect(
                Set(states) == [
                    ["runs/whole", "complete"], ["runs/sweep/half", "interrupted"],
                    ["runs/torn", "damaged"],
                ])
            let whole = try #require(rows.first { $0["path"] == "runs/whole" })
            let report = try run.place.json(run.file(RunFile.jsonReport))
            #expect(whole["accuracy"] == report["accuracy"])
            let history = try History.read(folder: run.place.file(run.name))
            #expect(
                whole["best"]?.number == history.compactMap(\.validationAccuracy).max())
            #expect(whole["weights_sha256"]?.string == history.last?.weightsHash)

            let text = try await Program.run(
                [
                    "runs", "--filter", "status=complete", "--filter",
                    "optimizer.learning_rate=0.05",
                ],
                in: place)
            #expect(text.output.contains("whole") && !text.output.contains("half"))
            let none = try await Program.run(["runs", "--filter", "seed=8"], in: place)
            #expect(none.output == "none of the 3 runs in runs fits the filters\n")
            let damaged = try await Program.run(["runs", "--sort", "status"], in: place)
            #expect(damaged.succeeded)
            #expect(damaged.output.contains("damaged: runs/torn/config.yaml: "))
        }

        @Test func aRunUnderWayIsRunning() async throws {
            let place = try Workplace()
            try place.write(Samples.configuration, to: "tiny.yaml")
            let program = try RunningProgram(
                ["train", "tiny.yaml", "epochs=100000", "schedule={name: constant}"], in: place)
            _ = try await onThread { try program.until { place.runs.first } }
            let list = try await Program.run(["runs"], in: place)
            #expect(list.output.contains(" running "), "\(list.output)")
            program.send(SIGKILL)
            _ = try await onThread { try program.outcome() }
            let after = try await Program.run(["runs"], in: place)
            #expect(after.output.contains(" interrupted "), "\(after.output)")
        }

        @Test func twoRunsAreCompared() async throws {
            let run = try await Samples.trainedRun()
            let place = try Workplace()
            try place.write(Samples.configuration, to: "tiny.yaml")
            try FileManager.default.copyItem(
                atPath: run.place.file(run.name), toPath: place.file("a"))
            let trained = try await Program.run(
                ["train", "tiny.yaml", "seed=8", "output=b", "--quiet"], in: place)
            #expect(trained.succeeded, "\(trained.errors)")
            let outcome = try await Program.run(
                ["compare", "a", "b/", "--html", "page.html"], in: place)
            #expect(outcome.succeeded, "\(outcome.errors)")
            #expect(
                outcome.output.contains("40 samples of shapes, test split"), "\(outcome.output)")
            #expect(outcome.output.contains("7 → 8"))
            #expect(try place.text("page.html").hasSuffix("</html>\n"))
            let json = try await Program.run(["compare", "a", "b", "--json"], in: place)
            let result = try JSONValue.parse(json.output)
            let figures = try #require(result["figures"]?.array)
            for (name, place) in [("a", run.place.file(run.name)), ("b", place.file("b"))] {
                let report = try JSONValue.parse(
                    try Data(contentsOf: URL(fileURLWithPath: "\(place)/report.json")))
                let areas: [JSONValue?] = [
                    report["accuracy"], report["macro_f1"], report["log_loss"],
                    report["roc_auc"]?["value"],
                ]
                for (figure, expected) in zip(figures, areas) {
                    let (x, y) = (
                        try #require(figure[name]?.number), try #require(expected?.number)
                    )
                    #expect(abs(x - y) < 1e-12)
                }
            }
        }
    }
}

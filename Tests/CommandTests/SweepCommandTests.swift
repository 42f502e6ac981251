import Foundation
import Support
import Testing
import Train

extension CommandTests {
    /// Sweeps and repeated runs.
    @Suite struct SweepCommandTests {
        private func workplace() throws -> Workplace {
            let place = try Workplace()
            try place.write(Samples.configuration, to: "tiny.yaml")
            return place
        }

        private func names(_ place: Workplace, _ folder: String) throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: place.file(folder)).sorted()
        }

        /// One run diverges; the rest is trained, and going on trains only what is not complete.
        @Test func aFailureStopsNothingAndCompleteRunsAreLeftAlone() async throws {
            let place = try workplace()
            let command = [
                "sweep", "tiny.yaml", "optimizer.learning_rate=0.05,1e30", "seed=0..1", "epochs=1",
                "schedule={name: constant}", "--output", "rates",
            ]
            let outcome = try await Program.run(command, in: place)
            #expect(outcome.ending == .exited(1), "\(outcome.errors)")
            #expect(outcome.output.contains("3-learning_rate=1e30-seed=0  failed: the loss became"))
            let json = try place.json("rates/summary.json")
            #expect(
                json["runs"]?.array?.map { $0["status"]?.string }
                    == ["complete", "complete", "failed", "failed"])
            let group = try #require(json["groups"]?.array?.first)
            #expect(group["best"] == true && group["complete"] == 2)
            #expect(group["test_accuracy"]?["interval"]?.array?.count == 2)
            #expect(
                try place.text("rates/results.csv").split(separator: "\n").count == 5)
            #expect(try place.text("rates/summary.html").contains("</html>"))

            let report = "rates/1-learning_rate=0.05-seed=0/\(RunFile.jsonReport)"
            let before = place.inventory()[report]
            let again = try await Program.run(["sweep", "--resume", "rates/"], in: place)
            #expect(again.ending == .exited(1))
            #expect(again.errors.contains("[1/4] 1-learning_rate=0.05-seed=0  complete already"))
            #expect(place.inventory()[report] == before)
            let other = try await Program.run(
                ["sweep", "tiny.yaml", "seed=0..2", "--output", "rates"], in: place)
            #expect(other.ending == .exited(1))
            #expect(other.errors.contains("rates: holds another sweep"))
        }

        @Test func anInterruptedSweepGoesOn() async throws {
            let place = try workplace()
            let program = try RunningProgram(
                ["sweep", "tiny.yaml", "seed=7..8", "--output", "seeds"], in: place)
            let first = "seeds/1-seed=7"
            _ = try await onThread {
                try program.until {
                    place.exists("\(first)/\(RunFile.lastCheckpoint)") ? true : nil
                }
            }
            program.send(SIGINT)
            let stopped = try await onThread { try program.outcome() }
            #expect(stopped.ending == .exited(130), "\(stopped.errors)")
            #expect(stopped.errors.contains("go on with: residual sweep --resume seeds\n"))
            let outcome = try await Program.run(["sweep", "--resume", "seeds"], in: place)
            #expect(outcome.succeeded, "\(outcome.errors)")
            #expect(
                place.exists("\(first)/\(RunFile.jsonReport)")
                    && place.exists("seeds/2-seed=8/\(RunFile.jsonReport)"))
            let whole = try await Samples.trainedRun()
            try expectSameWeights(
                place.file("\(first)/\(RunFile.lastCheckpoint)"), whole.place.file(whole.last))
        }

        @Test func aRunIsRepeatedWithOtherSeeds() async throws {
            let place = try workplace()
            let outcome = try await Program.run(
                [
                    "train", "tiny.yaml", "seed=7", "epochs=1", "output=thrice", "--repeats", "3",
                    "--quiet",
                ], in: place)
            #expect(outcome.succeeded, "\(outcome.errors)")
            #expect(outcome.output.contains("95 % interval"))
            let runs = try names(place, "thrice").filter { $0.contains("seed=") }
            #expect(runs == ["1-seed=7", "2-seed=8", "3-seed=9"])
            let hashes = try runs.map {
                try History.read(folder: place.file("thrice/\($0)")).last?.weightsHash
            }
            #expect(Set(hashes).count == 3)
            let json = try place.json("thrice/summary.json")
            #expect(json["groups"]?.array?.first?["complete"] == 3)
        }
    }
}

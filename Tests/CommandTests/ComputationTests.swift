import Inference
import NN
import Support
import Tensor
import Testing
import Train

extension CommandTests {
    /// How a run computes: what changes its bits stays with the model, what does not may be changed.
    @Suite struct ComputationTests {
        private func train(_ overrides: [String]) async throws -> TrainedRun {
            let place = try Workplace()
            try place.write(Samples.configuration, to: "tiny.yaml")
            let outcome = try await Program.run(
                ["train", "tiny.yaml", "seed=7", "threads=2"] + overrides, in: place)
            try #require(outcome.succeeded, "\(outcome.errors)")
            return TrainedRun(
                place: place, name: try #require(place.runs.first), outcome: outcome)
        }

        @Test func recomputingSavesMemoryAndChangesNoBit() async throws {
            let whole = try await Samples.trainedRun()
            let run = try await train(["model.recompute=all"])
            try expectSameWeights(run.place.file(run.last), whole.place.file(whole.last))
            try expectSameWeights(run.place.file(run.best), whole.place.file(whole.best))
            #expect(
                try timelessHistory(run.place, run.name) == timelessHistory(whole.place, whole.name)
            )
            let peaks = try [run, whole].map {
                try #require(
                    try $0.place.json($0.file(RunFile.jsonReport))["peak_memory_bytes"]?.integer)
            }
            #expect(peaks[0] > 0 && peaks[0] < peaks[1])
            #expect(try whole.place.text(whole.file(RunFile.htmlReport)).contains("Peak memory"))
            #expect(try whole.place.text(whole.file(RunFile.textReport)).contains("Peak memory"))
        }

        @Test func bfloat16SavesMemoryAndTrainsAlike() async throws {
            let whole = try await Samples.trainedRun()
            let run = try await train(["precision=bf16"])
            func figure(_ run: TrainedRun, _ name: String) throws -> Double {
                try #require(try run.place.json(run.file(RunFile.jsonReport))[name]?.number)
            }
            #expect(
                try figure(run, "peak_memory_bytes") < 0.8 * figure(whole, "peak_memory_bytes"))
            let losses = try [run, whole].map { try figure($0, "log_loss") }
            #expect(losses[0] != losses[1] && abs(losses[0] - losses[1]) < 0.1 * losses[1])
            let files = try [run, whole].map { try SafetensorsFile(path: $0.place.file($0.best)) }
            #expect(
                files[0].stateDict().map { "\($0.key) \($0.entry.elementType)" }
                    == files[1].stateDict().map { "\($0.key) \($0.entry.elementType)" })
        }

        @Test func numericsStayWithTheModel() async throws {
            let whole = try await Samples.trainedRun()
            #expect(try ModelFile(whole.place.file(whole.best)).description.numerics == .fast)
            let run = try await train(["numerics=exact"])
            #expect(try ModelFile(run.place.file(run.best)).description.numerics == .exact)
            let report = try run.place.json(run.file(RunFile.jsonReport))
            func logLoss(_ arguments: String...) async throws -> Double? {
                let outcome = try await Program.run(
                    ["evaluate", "--json", run.best] + arguments, in: run.place)
                #expect(outcome.succeeded, "\(outcome.errors)")
                return try JSONValue.parse(outcome.output)["log_loss"]?.number
            }
            let exact = try #require(try await logLoss())
            #expect(exact == report["log_loss"]?.number)
            let fast = try #require(try await logLoss("numerics=fast"))
            #expect(exact != fast && abs(exact - fast) <= 1e-3 * exact)
        }

        @Test func filesWithoutNumericsAreFast() async throws {
            let run = try await Samples.trainedRun()
            let file = try SafetensorsFile(path: run.place.file(run.best))
            func written(_ model: String) throws -> String {
                let path = run.place.file("other-numerics.safetensors")
                try SafetensorsFile.write(
                    file.stateDict(),
                    metadata: file.metadata.map {
                        ($0.key, $0.key == "residual.model" ? model : $0.value)
                    }, to: path)
                return path
            }
            let model = #"{"name": "resnet20", "batch_norm_epsilon": 1e-5"#
            #expect(try ModelFile(written(model + "}")).description.numerics == .fast)
            let error = #expect(throws: FileError.self) {
                _ = try ModelFile(written(model + #", "numerics": "wild"}"#))
            }
            #expect(
                error?.description.contains(
                    "asks for the numerics 'wild'; this program knows fast, exact") == true)
        }
    }
}

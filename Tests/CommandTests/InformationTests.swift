import Foundation
import NN
import Support
import Testing
import Train

extension CommandTests {
    /// `bench`, `models`, `config` and the help texts.
    @Suite struct InformationTests {
        static let keys = [
            "bench", "model", "batch", "size", "precision", "numerics", "recomputed", "threads",
            "instruction_set", "images_per_second", "images_per_second_spread", "milliseconds_p50",
            "milliseconds_p95", "milliseconds_p99", "gflops", "peak_gflops", "peak_memory_bytes",
            "activation_peak_bytes", "state_bytes", "commit",
        ]

        @Test(arguments: ["train", "infer", "data"])
        func aBenchmarkIsOneLineOfJSON(name: String) async throws {
            let place = try Workplace()
            try place.write(Samples.configuration, to: "tiny.yaml")
            let options =
                name == "data"
                ? ["--config", "tiny.yaml", "--steps", "6"]
                : [
                    "--model", "resnet20", "--batch", "3", "--size", "24", "--threads", "1",
                    "--steps",
                    "4",
                ]
            let outcome = try await Program.run(["bench", name] + options, in: place)
            #expect(outcome.succeeded, "\(outcome.errors)")
            #expect(outcome.output.split(separator: "\n").count == 1)
            let line = try JSONValue.parse(outcome.output)
            #expect(line.members?.map(\.key) == Self.keys)
            #expect(line["bench"]?.string == name)
            #expect(line["precision"] == "f32")
            #expect(line["model"] == (name == "data" ? .null : "resnet20"))
            #expect(line["batch"] == (name == "data" ? 16 : 3))
            #expect(line["size"] == (name == "data" ? 16 : 24))
            func number(_ key: String) throws -> Double {
                try #require(line[key]?.number, "\(key)")
            }
            let spread = (line["images_per_second_spread"]?.array ?? []).compactMap(\.number)
            let rate = try number("images_per_second")
            #expect(spread.count == 2 && 0 < spread[0] && spread[0] <= rate && rate <= spread[1])
            let times = try ["p50", "p95", "p99"].map { try number("milliseconds_\($0)") }
            #expect(0 < times[0] && times[0] <= times[1] && times[1] <= times[2])
            let memory = try #require(line["peak_memory_bytes"]?.integer)
            #expect((1 << 20..<1 << 36).contains(memory))
            if name == "data" {
                #expect(line["gflops"] == .null && line["peak_gflops"] == .null)
                #expect(line["activation_peak_bytes"] == .null && line["state_bytes"] == .null)
            } else {
                let state = try #require(line["state_bytes"]?.integer)
                let activations = try #require(line["activation_peak_bytes"]?.integer)
                // ResNet-20 has 272,474 weights. Training keeps a momentum for each, a plan its own
                // prepared filters and the room of all activations.
                let weights = 4 * 272_474 * (name == "train" ? 2 : 1)
                #expect((weights..<8 * weights).contains(state))
                #expect(name == "infer" || activations > 4 * 3 * 24 * 24 * 16)
                #expect(activations >= 0 && state + activations < memory)
                #expect(line["threads"] == 1)
                let (gflops, peak) = (try number("gflops"), try number("peak_gflops"))
                // The peak is measured later than the work, and other programs may come between.
                #expect((0.01...10_000).contains(gflops) && (0.01...10_000).contains(peak))
                // 3 pictures of 24 × 24 make (24/32)² of the known cost of ResNet-20, 40.8 M.
                let cost = gflops / rate / (name == "train" ? 3 : 1)
                #expect(abs(cost - 2 * 0.0408 * 0.5625) < 0.002, "\(cost) GFLOP a picture")
            }
        }

        @Test func theModelsAreListedAndShown() async throws {
            let place = try Workplace()
            let list = try await Program.run(["models"], in: place)
            #expect(list.succeeded)
            let rows = list.output.split(separator: "\n").map { $0.split(separator: " ") }
            for name in ModelRegistry.names {
                #expect(rows.contains { $0.first == name[...] }, "\(name)")
            }
            let shown = try await Program.run(["models", "resnet50", "--layers"], in: place)
            #expect(shown.succeeded)
            #expect(shown.output.contains("layer4.2.conv3"), "\(shown.output)")
            #expect(shown.output.filter { $0.isNumber }.contains("25557032"), "the published count")
        }

        @Test func theReferenceIsThePage() async throws {
            let outcome = try await Program.run(["config"], in: try Workplace())
            #expect(outcome.succeeded)
            #expect(
                outcome.output
                    == (try String(
                        contentsOfFile: Program.repository + "/docs/configuration.md",
                        encoding: .utf8))
            )
        }

        /// Commands with what their help must speak of.
        static let helps: [(command: [String], texts: [String])] = [
            ([], ["train", "evaluate", "predict", "serve", "data", "models", "bench", "config"]),
            (["train"], ["--resume", "--print-config", "--dry-run", "--quiet", "key=value"]),
            (["evaluate"], ["--split", "--output", "--json", "data.root"]),
            (["predict"], ["--format", "--top-k", "standard input", "csv"]),
            (
                ["serve"],
                [
                    "--port", "--host", "127.0.0.1", "--max-batch", "--queue", "--deadline",
                    "--max-upload", "--max-pixels", "/classify/image", "SIGTERM",
                ]
            ),
            (["data"], ["prepare", "info", "check"]),
            (["data", "prepare"], ["--archive", "--root"]),
            (["data", "check"], ["duplicates", "exit status is 1"]),
            (["models"], ["--layers", "--size"]),
            (["bench"], ["images_per_second", "peak_gflops", "train", "infer", "data"]),
            (["bench", "train"], ["--model", "--batch", "--steps", "--threads"]),
            (["config"], ["configuration"]),
        ]

        @Test(arguments: Self.helps.indices)
        func helpSpeaksOfWhatMatters(index: Int) async throws {
            let (command, texts) = Self.helps[index]
            let outcome = try await Program.run(command + ["--help"], in: try Workplace())
            #expect(outcome.succeeded && outcome.errors == "")
            for text in texts { #expect(outcome.output.contains(text), "\(command): \(text)") }
            let lines = outcome.output.split(separator: "\n").filter { !$0.hasPrefix("USAGE") }
            #expect(lines.allSatisfy { $0.count <= 100 }, "\(outcome.output)")
        }
    }
}

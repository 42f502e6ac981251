import Foundation
import NN
import Support
import Testing

extension CommandTests {
    /// What `bench` tells beside the speed of a step.
    @Suite struct BenchmarkTests {
        /// The rows add up to the step, and their arithmetic to that of the model.
        @Test(arguments: ["train", "infer"])
        func theBreakdownAddsUp(name: String) async throws {
            let place = try Workplace()
            let outcome = try await Program.run(
                [
                    "bench", name, "--model", "resnet20", "--batch", "3", "--size", "24",
                    "--threads", "1", "--steps", "3", "--breakdown",
                ], in: place)
            #expect(outcome.succeeded, "\(outcome.errors)")
            #expect(outcome.output.split(separator: "\n").count == 1)
            let line = try JSONValue.parse(outcome.output)
            for key in ["read_gigabytes_per_second", "copy_gigabytes_per_second"] {
                #expect((0.01...10_000).contains(try #require(line[key]?.number)), "\(key)")
            }
            let rows = try #require(line["breakdown"]?.array)
            let names = rows.compactMap { $0["operation"]?.string }
            #expect(names.contains("conv2d") && names.last == "between the operations")
            #expect(names.contains("conv2d filter gradient") == (name == "train"))
            let shares = rows.compactMap { $0["share"]?.number }
            #expect(shares.count == rows.count && shares.allSatisfy { $0 >= 0 })
            #expect(abs(shares.reduce(0, +) - 1) < 0.001)
            // The rows are sorted, all but the last.
            #expect(shares.dropLast() == ArraySlice(shares.dropLast().sorted(by: >)))
            // 2 · 40.8 M · (24/32)² operations for each of 3 pictures, three times in training
            // but for the input gradient of the stem.
            let operations = rows.reduce(0.0) {
                $0 + ($1["gflops"]?.number ?? 0) * ($1["milliseconds"]?.number ?? 0) / 1000
            }
            let forward = 2 * 0.0408 * 0.5625 * 3
            let expected = name == "train" ? 3 * forward : forward
            #expect(abs(operations / expected - 1) < 0.05, "\(operations) GFLOP a step")
            // The table for people.
            #expect(outcome.errors.contains("between the operations"))
            #expect(outcome.errors.contains("3×24×24×16 → 16, 3×3"), "\(outcome.errors)")
        }

        @Test func everyConvolutionIsALine() async throws {
            let place = try Workplace()
            let outcome = try await Program.run(
                [
                    "bench", "kernels", "--model", "resnet20", "--batch", "2", "--size", "16",
                    "--threads", "1", "--steps", "2",
                ], in: place)
            #expect(outcome.succeeded, "\(outcome.errors)")
            let lines = try outcome.output.split(separator: "\n").map {
                try JSONValue.parse(String($0))
            }
            // The stem without its input gradient, and in three stages 16→16, 32→32, 64→64, 16→32
            // and 32→64, the last two with their shortcuts of 1×1.
            #expect(lines.count == 23, "\(outcome.output)")
            #expect(Set(lines.map { $0.serialized() }).count == lines.count)
            for line in lines {
                #expect(line["bench"] == "kernels" && line["models"] == ["resnet20"])
                #expect(line["batch"] == 2 && line["threads"] == 1)
                for key in ["milliseconds_p50", "gflops", "peak_gflops", "peak_share"] {
                    #expect(try #require(line[key]?.number, "\(key)") > 0)
                }
                let spread = (line["milliseconds_spread"]?.array ?? []).compactMap(\.number)
                let middle = line["milliseconds_p50"]?.number ?? -1
                #expect(spread.count == 2 && spread[0] <= middle && middle <= spread[1])
                #expect(line["algorithm"]?.string?.isEmpty == false)
            }
            let passes = lines.compactMap { $0["pass"]?.string }
            #expect(passes.filter { $0 == "forward" }.count == 8)
            #expect(passes.filter { $0 == "input_gradient" }.count == 7)
            #expect(passes.filter { $0 == "filter_gradient" }.count == 8)
            let first = try #require(lines.first { $0["input_channels"] == 3 })
            #expect(first["output_channels"] == 16 && first["kernel"] == [3, 3])
        }
    }
}

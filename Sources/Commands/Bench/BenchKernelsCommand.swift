import ArgumentParser
import NN
import Support
import Tensor
import Train

/// `residual bench kernels`.
struct BenchKernelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kernels",
        abstract: "Time the convolutions of a model or of all models, shape by shape.",
        discussion: """
            One line for each distinct shape and each pass that a training step runs: forward, input \
            gradient, filter gradient. gflops counts a direct convolution, so methods that need fewer \
            multiplications can pass peak_gflops. calls is per step, in the first of the models.

              residual bench kernels --model resnet50 --batch 16
              residual bench kernels --all --threads 1
            """)

    @Option(help: "The model, one of `residual models`.")
    var model: String?

    @Flag(help: "All models; a shape that several have is timed once.")
    var all = false

    @Option(help: "Pictures in a step. Default: 128 for 32×32 models, else 16.")
    var batch: Int?

    @Option(help: "Height and width of the pictures. Default: the model's own.")
    var size: Int?

    @Option(help: "Threads that compute. Default: all cores.")
    var threads: Int?

    @Option(help: "Timed runs of each.")
    var steps = 10

    func validate() throws {
        try Threads.validate(threads)
        guard (model != nil) != all else {
            throw ValidationError("expected either --model or --all.")
        }
        if let batch, batch < 1 { throw ValidationError("--batch \(batch): expected at least 1.") }
        guard steps >= 1 else { throw ValidationError("--steps \(steps): expected at least 1.") }
        if let size, !(1...8192).contains(size) {
            throw ValidationError("--size \(size): expected 1 to 8192.")
        }
    }

    func run() throws {
        Threads.apply(threads)
        do {
            let commit = GitState.current()?.shortText
            for (geometry, passes) in try convolutions() {
                let benchmark = KernelBenchmark(geometry)
                let peak = CPUBackend.shared.measurePeakGFLOPS()
                for entry in passes {
                    let seconds = benchmark.seconds(of: entry.work.pass, steps: steps)
                    Terminal.print(
                        KernelLine(
                            work: entry.work, models: entry.models,
                            timing: BenchTiming(seconds: seconds.map { ($0, 1) }), peak: peak,
                            commit: commit
                        ).json.serialized())
                }
            }
        } catch {
            throw Failure.report(error, Failure.usage)
        }
    }

    private typealias Entry = (work: KernelBenchmark.Work, models: [String])

    /// The work, pass beside pass of a shape, with the models that have it.
    private func convolutions() throws -> [(Conv2dGeometry, [Entry])] {
        var shapes: [Conv2dGeometry] = []
        var entries: [Conv2dGeometry: [Entry]] = [:]
        for name in model.map({ [$0] }) ?? ModelRegistry.names {
            let side = try ModelRegistry.defaultInputSize(of: name).height
            let works = try KernelBenchmark.convolutions(
                of: name, batch: batch ?? (side == 32 ? 128 : 16), size: size ?? side)
            for work in works {
                if entries[work.geometry] == nil { shapes.append(work.geometry) }
                var known = entries[work.geometry, default: []]
                if let place = known.firstIndex(where: { $0.work.pass == work.pass }) {
                    known[place].models.append(name)
                } else {
                    known.append((work, [name]))
                }
                entries[work.geometry] = known
            }
        }
        return shapes.map { ($0, entries[$0]!) }
    }
}

/// One line of `residual bench kernels`.
private struct KernelLine {
    let work: KernelBenchmark.Work
    let models: [String]
    let timing: BenchTiming
    let peak: Double
    let commit: String?

    var json: JSONValue {
        func rounded(_ value: Double, _ digits: Double = 1000) -> JSONValue {
            .number((value * digits).rounded() / digits)
        }
        func pair(_ value: Spatial) -> JSONValue {
            .array([.integer(value.height), .integer(value.width)])
        }
        let geometry = work.geometry
        let milliseconds = timing.milliseconds(0.5)
        let gflops = 2 * Double(geometry.multiplyAdds) / max(milliseconds, 1e-6) / 1e6
        return .object([
            ("bench", "kernels"),
            ("models", .array(models.map { .string($0) })),
            ("pass", .string(work.pass.key)),
            ("batch", .integer(geometry.batch)),
            ("height", .integer(geometry.height)),
            ("width", .integer(geometry.width)),
            ("input_channels", .integer(geometry.inputChannels)),
            ("output_channels", .integer(geometry.outputChannels)),
            ("kernel", pair(geometry.kernel)),
            ("stride", pair(geometry.stride)),
            ("padding", pair(geometry.padding)),
            ("dilation", pair(geometry.dilation)),
            ("groups", .integer(geometry.groups)),
            ("calls", .integer(work.calls)),
            ("algorithm", .string(CPUBackend.shared.algorithmName(of: geometry))),
            ("precision", "f32"),
            ("threads", .integer(CPUBackend.shared.pool.threadCount)),
            ("instruction_set", .string(CPUBackend.instructionSet)),
            ("milliseconds_p50", rounded(milliseconds, 1e5)),
            (
                "milliseconds_spread",
                .array([timing.milliseconds(0), timing.milliseconds(1)].map { rounded($0, 1e5) })
            ),
            ("gflops", rounded(gflops)),
            ("peak_gflops", rounded(peak)),
            ("peak_share", rounded(gflops / peak, 1e4)),
            ("commit", commit.map { .string($0) } ?? .null),
        ])
    }
}

extension ConvolutionPass {
    fileprivate var key: String {
        switch self {
        case .forward: "forward"
        case .inputGradient: "input_gradient"
        case .filterGradient: "filter_gradient"
        }
    }
}

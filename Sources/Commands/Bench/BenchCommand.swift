import ArgumentParser
import Datasets
import NN
import Support
import Tensor
import Train

/// `residual bench`.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract:
            "Measure speed: training steps, inference, convolutions, or the loader. JSON lines.",
        discussion: """
            images_per_second is the median over the timed steps, images_per_second_spread their \
            [minimum, maximum]. gflops counts 2 operations per multiply-add of convolutions and matrix \
            products (three passes for training); peak_gflops is the machine's, measured in the same \
            run. peak_memory_bytes is the most memory of the process during the timed steps, \
            activation_peak_bytes the most that tensors needed on top of state_bytes: weights, \
            optimiser and images. How to read the breakdown: docs/benchmarks.md.

              residual bench train --model cifar10-cnn --batch 128 --breakdown
              residual bench infer --model resnet50 --batch 1
              residual bench kernels --model resnet50 --batch 16
              residual bench data --config configs/cifar10-cnn.yaml
            """,
        subcommands: [
            BenchTrainCommand.self, BenchInferCommand.self, BenchKernelsCommand.self,
            BenchDataCommand.self,
        ])
}

/// What the benchmarks of models share.
struct ModelBenchOptions: ParsableArguments {
    @Option(help: "The model, one of `residual models`.")
    var model: String

    @Option(help: "Pictures in a step.")
    var batch: Int

    @Option(help: "Height and width of the pictures. Default: the model's own.")
    var size: Int?

    @Option(help: "The number format: f32, or bf16 for training.")
    var precision = Configuration.Precision.f32

    @Option(help: "How 3×3 convolutions are computed: fast (Winograd) or exact.")
    var numerics = Numerics.fast

    @Option(help: "Threads that compute. Default: all cores.")
    var threads: Int?

    @Option(help: "Timed steps.")
    var steps = 10

    @Flag(help: "Add the time of each operation to the line, and a table on standard error.")
    var breakdown = false

    func validate() throws {
        try Threads.validate(threads)
        guard batch >= 1 else { throw ValidationError("--batch \(batch): expected at least 1.") }
        guard steps >= 1 else { throw ValidationError("--steps \(steps): expected at least 1.") }
        if let size, !(1...8192).contains(size) {
            throw ValidationError("--size \(size): expected 1 to 8192.")
        }
    }

    /// Times `body`, which calls `whenWarm` before its first timed step, and prints the line.
    func run(
        _ name: String, passes: Int, recomputing recomputed: StageSelection = .none,
        _ body: (_ model: any PredictionModel, _ size: Int, _ whenWarm: () -> Void) -> [Double]
    ) throws {
        Threads.apply(threads, numerics)
        do {
            let side = try size ?? ModelRegistry.defaultInputSize(of: model).height
            let profile = breakdown ? ProfilingBackend(CPUBackend.shared) : nil
            let backend: any Backend = if let profile { profile } else { CPUBackend.shared }
            try withBackend(backend) {
                let made = try ModelRegistry.make(
                    model, classCount: ModelRegistry.defaultClassCount(of: model), seed: 0)
                if let problem = recomputed.problem(with: model) {
                    throw ValidationError("--recompute \(problem).")
                }
                let cost = ModelSummary(of: made, input: [1, side, side, 3]).multiplyAdds
                let meter = MemoryMeter()
                let seconds = body(made, side) {
                    profile?.reset()
                    meter.start()
                }
                let memory = meter.reading
                let operations = profile?.operations
                let timing = BenchTiming(seconds: seconds.map { ($0, batch) })
                let limits = MachineLimits.measured(bandwidth: breakdown)
                let parts = operations.map {
                    Breakdown($0, steps: seconds.count, seconds: seconds.reduce(0, +), limits)
                }
                Terminal.print(
                    BenchLine(
                        bench: name, model: model, batch: batch, size: side,
                        precision: precision.rawValue,
                        recomputed: made.stageNames.filter(
                            recomputed.names(among: made.stageNames).contains),
                        timing: timing, gflops: 2 * Double(cost * passes) * timing.median / 1e9,
                        limits: limits, memory: memory, breakdown: parts
                    ).json.serialized())
                if let parts { Terminal.note(parts.table) }
            }
        } catch {
            throw Failure.report(error, Failure.usage)
        }
    }
}

/// `residual bench train`.
struct BenchTrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Time training steps on random data.")

    @OptionGroup var options: ModelBenchOptions

    @Option(
        help: ArgumentHelp(
            "Stages to compute again instead of keeping: none, all, or names such as stem,layer1.",
            valueName: "stages"))
    var recompute = StageSelection.none

    func run() throws {
        try options.run("train", passes: 3, recomputing: recompute) { model, size, whenWarm in
            StepBenchmark.training(
                model, batch: options.batch, size: size, precision: options.precision,
                steps: options.steps, recomputing: recompute.names(among: model.stageNames),
                whenWarm: whenWarm)
        }
    }
}

extension Numerics: ExpressibleByArgument {}

extension StageSelection: ExpressibleByArgument {
    /// `none`, `all`, or names with commas between them.
    public init?(argument: String) {
        switch argument {
        case "none": self = .none
        case "all": self = .all
        default: self = .named(argument.split(separator: ",").map(String.init))
        }
        if self == .named([]) { return nil }
    }

    /// As on the command line.
    public var defaultValueDescription: String {
        switch self {
        case .none: "none"
        case .all: "all"
        case .named(let names): names.joined(separator: ",")
        }
    }
}

/// `residual bench infer`.
struct BenchInferCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "infer", abstract: "Time inference on random data.")

    @OptionGroup var options: ModelBenchOptions

    func validate() throws {
        guard options.precision == .f32 else {
            throw ValidationError(
                "--precision \(options.precision.rawValue): plans compute in f32; bf16 is for training."
            )
        }
    }

    func run() throws {
        try options.run("infer", passes: 1) { model, size, whenWarm in
            StepBenchmark.inference(
                model, batch: options.batch, size: size, steps: options.steps, whenWarm: whenWarm)
        }
    }
}

/// `residual bench data`.
struct BenchDataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Time the loader alone, as a configuration sets it up.")

    @Option(help: "The YAML file.", completion: .file(extensions: ["yaml", "yml"]))
    var config: String

    @Argument(help: "Changes to the file: key=value.")
    var overrides: [String] = []

    @Option(help: "Timed batches.")
    var steps = 100

    func validate() throws {
        guard steps >= 1 else { throw ValidationError("--steps \(steps): expected at least 1.") }
    }

    func run() throws {
        do {
            let configuration = try Configuration.load(contentsOf: config, overrides: overrides)
                .values
            let data = try TrainingData(configuration, cacheFolder: Folders.cache)
            let loader = data.trainingLoader(configuration)
            let timing = BenchTiming(
                seconds: try StepBenchmark.loading(loader, steps: steps).map {
                    ($0.seconds, $0.count)
                })
            Terminal.print(
                BenchLine(
                    bench: "data", model: nil, batch: configuration.batchSize,
                    size: data.augmentation.outputSize?.height ?? configuration.data.imageSize,
                    precision: "f32", timing: timing, gflops: nil, limits: nil,
                    memory: MemoryMeter().reading, breakdown: nil
                ).json.serialized())
        } catch {
            throw Failure.report(error, error is ConfigurationError ? Failure.usage : Failure.work)
        }
    }
}

extension Configuration.Precision: ExpressibleByArgument {}

/// One line of `residual bench`.
struct BenchLine {
    let bench: String
    let model: String?
    let batch: Int
    let size: Int
    let precision: String
    /// The stages computed again in the backward pass.
    var recomputed: [String] = []
    let timing: BenchTiming
    /// Nil where there is no arithmetic to count.
    let gflops: Double?
    let limits: MachineLimits?
    let memory: MemoryMeter.Reading
    /// Nil where nobody asked for it.
    let breakdown: Breakdown?

    var json: JSONValue {
        func rounded(_ value: Double) -> JSONValue { .number((value * 1000).rounded() / 1000) }
        func bytes(_ value: Int?) -> JSONValue { value.map { .integer($0) } ?? .null }
        var members: [(key: String, value: JSONValue)] = [
            ("bench", .string(bench)),
            ("model", model.map { .string($0) } ?? .null),
            ("batch", .integer(batch)),
            ("size", .integer(size)),
            ("precision", .string(precision)),
            ("numerics", .string(CPUBackend.shared.numerics.rawValue)),
            ("recomputed", .array(recomputed.map { .string($0) })),
            ("threads", .integer(CPUBackend.shared.pool.threadCount)),
            ("instruction_set", .string(CPUBackend.instructionSet)),
            ("images_per_second", rounded(timing.median)),
            ("images_per_second_spread", .array(timing.spread.map(rounded))),
            ("milliseconds_p50", rounded(timing.milliseconds(0.5))),
            ("milliseconds_p95", rounded(timing.milliseconds(0.95))),
            ("milliseconds_p99", rounded(timing.milliseconds(0.99))),
            ("gflops", gflops.map(rounded) ?? .null),
            ("peak_gflops", limits.map { rounded($0.gflops) } ?? .null),
            ("peak_memory_bytes", .integer(memory.processPeak)),
            ("activation_peak_bytes", bytes(memory.activationPeak)),
            ("state_bytes", bytes(memory.state)),
            ("commit", GitState.current().map { .string($0.shortText) } ?? .null),
        ]
        if let bandwidth = limits?.bandwidth {
            members.append(("read_gigabytes_per_second", rounded(bandwidth.read)))
            members.append(("copy_gigabytes_per_second", rounded(bandwidth.copy)))
        }
        if let breakdown { members.append(("breakdown", breakdown.json)) }
        return .object(members)
    }
}

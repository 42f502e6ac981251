import ArgumentParser
import Datasets
import Glibc
import NN
import Support
import Tensor
import Train

/// `residual bench`.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract:
            "Measure speed: training steps, inference, or the loader alone. One JSON line each.",
        discussion: """
            images_per_second is the median over the timed steps, images_per_second_spread their \
            [minimum, maximum]. gflops counts 2 operations per multiply-add of convolutions and matrix \
            products (three passes for training); peak_gflops is the machine's, measured in the same \
            run. peak_memory_bytes is the process's.

              residual bench train --model cifar10-cnn --batch 128
              residual bench infer --model resnet50 --batch 1
              residual bench data --config configs/cifar10-cnn.yaml
            """,
        subcommands: [BenchTrainCommand.self, BenchInferCommand.self, BenchDataCommand.self])
}

/// What the benchmarks of models share.
struct ModelBenchOptions: ParsableArguments {
    @Option(help: "The model, one of `residual models`.")
    var model: String

    @Option(help: "Pictures in a step.")
    var batch: Int

    @Option(help: "Height and width of the pictures. Default: the model's own.")
    var size: Int?

    @Option(help: "The number format: f32.")
    var precision = "f32"

    @Option(help: "Threads that compute. Default: all cores.")
    var threads: Int?

    @Option(help: "Timed steps.")
    var steps = 10

    func validate() throws {
        try Threads.validate(threads)
        guard batch >= 1 else { throw ValidationError("--batch \(batch): expected at least 1.") }
        guard steps >= 1 else { throw ValidationError("--steps \(steps): expected at least 1.") }
        guard precision == "f32" else {
            throw ValidationError("--precision \(precision): expected f32.")
        }
        if let size, !(1...8192).contains(size) {
            throw ValidationError("--size \(size): expected 1 to 8192.")
        }
    }

    /// Times `body` and prints the line.
    func run(
        _ name: String, passes: Int,
        _ body: (_ model: any ClassificationModel, _ size: Int) -> [Double]
    ) throws {
        Threads.apply(threads)
        do {
            let ownSide = try ModelRegistry.defaultInputSize(of: model).height
            let side = size ?? ownSide
            let made = try ModelRegistry.make(model, classCount: ownSide == 32 ? 10 : 1000, seed: 0)
            let cost = ModelSummary(of: made, input: [1, side, side, 3]).multiplyAdds
            let timing = BenchTiming(seconds: body(made, side).map { ($0, batch) })
            let rate = timing.median
            Terminal.print(
                BenchLine(
                    bench: name, model: model, batch: batch, size: side, precision: precision,
                    timing: timing, gflops: 2 * Double(cost * passes) * rate / 1e9
                ).json.serialized())
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

    func run() throws {
        try options.run("train", passes: 3) { model, size in
            StepBenchmark.training(model, batch: options.batch, size: size, steps: options.steps)
        }
    }
}

/// `residual bench infer`.
struct BenchInferCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "infer", abstract: "Time inference on random data.")

    @OptionGroup var options: ModelBenchOptions

    func run() throws {
        try options.run("infer", passes: 1) { model, size in
            StepBenchmark.inference(model, batch: options.batch, size: size, steps: options.steps)
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
                    precision: "f32", timing: timing, gflops: nil
                ).json.serialized())
        } catch {
            throw Failure.report(error, error is ConfigurationError ? Failure.usage : Failure.work)
        }
    }
}

/// The times of the steps of a benchmark, and what follows from them.
struct BenchTiming {
    private let milliseconds: [Double]
    private let rates: [Double]

    /// - Parameter seconds: For each step its time and its pictures.
    init(seconds: [(Double, Int)]) {
        milliseconds = seconds.map { $0.0 * 1000 }.sorted()
        rates = seconds.map { Double($0.1) / max($0.0, 1e-9) }.sorted()
    }

    /// Pictures a second: the median.
    var median: Double { quantile(0.5, of: rates) }
    /// The slowest and the fastest step.
    var spread: [Double] { [rates[0], rates[rates.count - 1]] }

    /// A quantile of the steps' milliseconds.
    func milliseconds(_ quantile: Double) -> Double { self.quantile(quantile, of: milliseconds) }

    /// The quantile by linear interpolation between neighbours, as NumPy takes it.
    private func quantile(_ q: Double, of sorted: [Double]) -> Double {
        let position = q * Double(sorted.count - 1)
        let lower = Int(position)
        let upper = min(lower + 1, sorted.count - 1)
        return sorted[lower] + (sorted[upper] - sorted[lower]) * (position - Double(lower))
    }
}

/// One line of `residual bench`.
struct BenchLine {
    let bench: String
    let model: String?
    let batch: Int
    let size: Int
    let precision: String
    let timing: BenchTiming
    /// Nil where there is no arithmetic to count.
    let gflops: Double?

    var json: JSONValue {
        func rounded(_ value: Double) -> JSONValue { .number((value * 1000).rounded() / 1000) }
        let peak = gflops.map { _ in CPUBackend.shared.measurePeakGFLOPS() }
        return .object([
            ("bench", .string(bench)),
            ("model", model.map { .string($0) } ?? .null),
            ("batch", .integer(batch)),
            ("size", .integer(size)),
            ("precision", .string(precision)),
            ("threads", .integer(CPUBackend.shared.pool.threadCount)),
            ("images_per_second", rounded(timing.median)),
            ("images_per_second_spread", .array(timing.spread.map(rounded))),
            ("milliseconds_p50", rounded(timing.milliseconds(0.5))),
            ("milliseconds_p95", rounded(timing.milliseconds(0.95))),
            ("milliseconds_p99", rounded(timing.milliseconds(0.99))),
            ("gflops", gflops.map(rounded) ?? .null),
            ("peak_gflops", peak.map(rounded) ?? .null),
            ("peak_memory_bytes", .integer(Self.peakMemory)),
            ("commit", GitState.current().map { .string($0.shortText) } ?? .null),
        ])
    }

    /// The most memory this process had at once.
    private static var peakMemory: Int {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        return usage.ru_maxrss * 1024
    }
}

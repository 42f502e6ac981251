import ArgumentParser
import Datasets
import Inference
import Support
import Tensor
import Train

/// `residual evaluate`.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure a trained model on a part of its data.",
        discussion: """
            The checkpoint knows its data, classes and preprocessing; nothing else is needed.

              residual evaluate runs/20260101-120000-cifar10-cnn
              residual evaluate best.safetensors --split validation
              residual evaluate best.safetensors data.root=/mnt/data --output evaluation
              residual evaluate best.safetensors data.image_size=160
            """)

    @Argument(help: "A checkpoint, or a run's folder (its best checkpoint, else the last).")
    var model: String

    @Argument(help: "Changes to the configuration in the checkpoint, such as data.root=PATH.")
    var overrides: [String] = []

    @Option(help: "The part of the data: train, validation or test.")
    var split: Split = .test

    @Option(help: "Pictures computed at a time. Default: as when the run was evaluated.")
    var batchSize: Int?

    @Option(help: "Threads that compute. Default: all cores.")
    var threads: Int?

    @Option(
        help: "Write report.txt, report.json, report.html and the predictions into this folder.")
    var output: String?

    @Flag(help: "Print the report as JSON.")
    var json = false

    func validate() throws {
        if let batchSize, batchSize < 1 {
            throw ValidationError("--batch-size \(batchSize): expected at least 1.")
        }
        try Threads.validate(threads)
    }

    func run() throws {
        do {
            let file = try ModelFile(model)
            let loaded = try Configuration.parse(
                file.description.configuration, file: "\(file.path) (configuration)",
                overrides: overrides)
            Threads.apply(threads, loaded.values.numerics)
            let data = try TrainingData(loaded.values, cacheFolder: Folders.cache)
            let progress = ProgressLine("evaluating \(split.rawValue)")
            let measurement = ModelMeasurement(
                title: "\(loaded.values.runName), \(split.rawValue)", split: split,
                batchSize: batchSize ?? loaded.values.evaluationBatchSize,
                workers: loaded.values.loaderWorkers,
                augmentation: loaded.values.evaluation.tta,
                preprocessing: overrides.isEmpty
                    ? nil
                    : data.preprocessing.normalized(as: file.description.preprocessing))
            let reports = try measurement.reports(of: file, data, progress: progress.show)
            progress.clear()
            if let output {
                try Folders.make(output)
                try RunReports.write(
                    reports.map { $0.adding { $0.date = Folders.date } }, to: output)
                Terminal.note("reports  \(output)/\(RunFile.htmlReport)")
            }
            Terminal.print(
                json
                    ? Self.json(reports).serialized(pretty: true)
                    : reports.map(\.content.text.trimmedNewline).joined(separator: "\n\n"))
        } catch {
            throw Failure.report(error, error is ConfigurationError ? Failure.usage : Failure.work)
        }
    }

    /// The report, or those of several tasks by their names.
    private static func json(_ reports: [RunReports]) -> JSONValue {
        if reports.count == 1 { return reports[0].content.json }
        return .object(reports.map { ($0.task ?? "", $0.content.json) })
    }
}

extension Split: ExpressibleByArgument {}

/// The `--threads` option that several commands share.
enum Threads {
    static func validate(_ threads: Int?) throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads \(threads): expected 1 to 1024.")
        }
    }

    /// Sets the number of threads, all cores if nil, and the numerics of everything that follows.
    static func apply(_ threads: Int?, _ numerics: Numerics = .fast) {
        CPUBackend.configureShared(
            threadCount: threads ?? ThreadPool.availableCores, numerics: numerics)
    }
}

import ArgumentParser
import Datasets
import Support
import Tensor
import Train

/// `residual data`.
struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data",
        abstract: "Prepare, describe, check and show data sets.",
        subcommands: [
            DataPrepareCommand.self, DataInfoCommand.self, DataCheckCommand.self,
            DataPreviewCommand.self,
        ])
}

/// The data set that the `data` commands work on.
struct DataOptions: ParsableArguments {
    @Argument(
        help:
            "cifar10, cifar100, cifar100-coarse, oxford-pets, shapes, a folder of pictures, or a YAML file."
    )
    var data: String

    @Argument(help: "Changes to the configuration: data.validation=0, data.root=PATH, …")
    var overrides: [String] = []

    @Option(help: "Where data sets lie. Default: $RESIDUAL_DATA, else ./data.")
    var root: String?

    /// The configuration that a training run on this data would have.
    func configuration() throws(ConfigurationError) -> Configuration {
        if data.hasSuffix(".yaml") || data.hasSuffix(".yml") {
            return try Configuration.load(contentsOf: data, overrides: changes).values
        }
        // Any model will do that can learn the task; where none can, the one that has least against it
        // says what is wrong.
        do {
            return try configuration(model: "resnet18")
        } catch let first {
            do {
                return try configuration(model: "unet-resnet18")
            } catch let second {
                throw second.problems.count < first.problems.count ? second : first
            }
        }
    }

    private func configuration(model: String) throws(ConfigurationError) -> Configuration {
        let text = """
            data: \(section)
            model: {name: \(model)}
            epochs: 1
            """
        return try Configuration.parse(text, file: data, overrides: changes).values
    }

    /// The `data` section: a set by its name, else a folder with the parts that are there.
    private var section: String {
        if DataConfiguration.Name.allCases.contains(where: { $0.rawValue == data && $0 != .folder })
        {
            return "{name: \(data), validation: 0}"
        }
        func quoted(_ text: String) -> String { JSONValue.string(text).serialized() }
        func first(_ names: String...) -> String? { names.first { fileExists("\(data)/\($0)") } }
        let validation =
            first("validation", "val").map { "validation_folder: \($0)" } ?? "validation: 0"
        let test = first("test").map { ", test_folder: \($0)" } ?? ""
        return "{name: folder, root: \(quoted(data)), \(validation)\(test)}"
    }

    private var changes: [String] {
        (root.map { ["data.root=\(JSONValue.string($0).serialized())"] } ?? []) + overrides
    }

    /// Opens the parts of the data.
    func parts(
        requiringDisjoint: Bool = true
    ) throws -> [(split: Split, dataset: any Dataset)] {
        try DataParts(try configuration(), requiringDisjoint: requiringDisjoint).named
    }
}

/// `residual data prepare`.
struct DataPrepareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prepare",
        abstract:
            "Open a data set, and measure and keep the mean and standard deviation of its training part.",
        discussion: """
            With --archive, first unpacks an official archive (cifar-10-binary.tar.gz, …) into the \
            data folder.

              residual data prepare cifar10 --archive ~/Downloads/cifar-10-binary.tar.gz
              residual data prepare photos/
            """)

    @OptionGroup var options: DataOptions

    @Option(help: "An official archive to unpack first.", completion: .file())
    var archive: String?

    func run() throws {
        do {
            if let archive { try unpack(archive) }
            let configuration = try options.configuration()
            let data = try TrainingData(configuration, cacheFolder: Folders.cache)
            Terminal.print(
                "\(data.title): \(Format.count(data.train.count)) training pictures, "
                    + data.targetSummary)
            Terminal.print("fingerprint         \(data.fingerprint)")
            Terminal.print(
                "mean                \(data.preprocessing.mean.map { "\($0)" }.joined(separator: " "))"
            )
            Terminal.print(
                "standard deviation  \(data.preprocessing.standardDeviation.map { "\($0)" }.joined(separator: " "))"
            )
        } catch {
            throw Failure.report(error, error is ConfigurationError ? Failure.usage : Failure.work)
        }
    }

    private func unpack(_ archive: String) throws {
        guard fileExists(archive) else {
            throw FileError(path: archive, message: "there is no such file")
        }
        let root = DataRoot(options.root).candidates[0]
        try Folders.make(root)
        let status = try Subprocess.run("tar", ["-xf", archive, "-C", root])
        guard status == 0 else {
            throw FileError(
                path: archive, message: "cannot be unpacked into \(root): tar ended with \(status)")
        }
        Terminal.note("unpacked \(archive) into \(root)")
    }
}

/// `residual data info`.
struct DataInfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Describe a data set: parts, classes, picture sizes, mean and standard deviation."
    )

    @OptionGroup var options: DataOptions

    func run() throws {
        do {
            for (split, dataset) in try options.parts() {
                let progress = ProgressLine(split.rawValue)
                let inspection = dataset.inspected { progress.show($0, dataset.count) }
                progress.clear()
                show(split, inspection)
            }
        } catch {
            throw Failure.report(error, error is ConfigurationError ? Failure.usage : Failure.work)
        }
    }

    private func show(_ split: Split, _ inspection: DatasetInspection) {
        Terminal.print(
            "\(split.rawValue): \(Format.count(inspection.count)) pictures, fingerprint \(inspection.fingerprint.prefix(16))"
        )
        for size in inspection.sizes.prefix(5) {
            Terminal.print("  \(size.size.height)×\(size.size.width): \(Format.count(size.count))")
        }
        if inspection.sizes.count > 5 {
            Terminal.print("  and \(inspection.sizes.count - 5) other sizes")
        }
        if let statistics = inspection.statistics {
            func text(_ values: [Double]) -> String {
                values.map { Format.fixed($0, 4) }.joined(separator: " ")
            }
            Terminal.print(
                "  mean \(text(statistics.mean)), standard deviation \(text(statistics.standardDeviation))"
            )
        }
        var table = TextTable([("  class", .left), ("pictures", .right)])
        for (name, count) in zip(inspection.classNames, inspection.countsPerClass) {
            table.add(["  " + name, Format.count(count)])
        }
        Terminal.print(table.text)
        for failure in inspection.failures { Terminal.note("\(failure)") }
    }
}

/// `residual data check`.
struct DataCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract:
            "Read every picture and mask: damaged files, wrong extensions, wrong masks, duplicates within and across parts.",
        discussion: """
            The exit status is 1 when something was found. Pictures of different parts that only \
            look alike are listed, and left to your judgement.
            """)

    @OptionGroup var options: DataOptions

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() throws {
        let result: DatasetCheck
        do {
            let parts = try options.parts(requiringDisjoint: false)
            let total = parts.reduce(0) { $0 + $1.dataset.count }
            let progress = ProgressLine("checking")
            result = checkDataset(parts) { progress.show($0, total) }
            progress.clear()
        } catch {
            throw Failure.report(error, error is ConfigurationError ? Failure.usage : Failure.work)
        }
        if json {
            Terminal.print(result.json.serialized(pretty: true))
        } else {
            Terminal.print(result.text)
        }
        Terminal.note(result.summary)
        if !result.isClean { throw Failure.work }
    }
}

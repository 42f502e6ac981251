import ArgumentParser
import Foundation
import Support
import Train

/// `residual sweep`.
struct SweepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Train every combination of some values, and compare them over seeds.",
        discussion: """
            Each key=v1,v2,… (or key=0..4) is an axis; a single value is a change for all runs. Every \
            combination becomes a run folder below sweeps/<time>-<name>, with tables of mean, standard \
            deviation and 95 % interval over the seeds beside them.

              residual sweep configs/cifar10-cnn.yaml optimizer.learning_rate=0.1,0.05 seed=0..4
              residual sweep --resume sweeps/20260101-120000-cifar10-cnn

            Configurations are checked before the first run. Ctrl-C stops the run under way with a \
            checkpoint; --resume goes on: complete runs are left alone, failed ones tried again. The \
            best is chosen by validation, not by the test images.

            Exit status: 0 all runs are complete; 1 some failed; 2 a mistake in the command or the \
            configuration; 130 or 143 interrupted.
            """)

    @Argument(
        help: "The YAML file of the runs.", completion: .file(extensions: ["yaml", "yml"]))
    var file: String?

    @Argument(help: "Axes: key=value,value or key=first..last, with dots for sections.")
    var axes: [String] = []

    @Option(help: "The folder of the sweep. Default: sweeps/<time>-<name>.")
    var output: String?

    @Option(help: "Go on with the sweep in this folder.")
    var resume: String?

    @Flag(name: .shortAndLong, help: "Show only the tables, and what goes wrong.")
    var quiet = false

    func validate() throws {
        if resume != nil {
            guard file == nil, output == nil else {
                throw ValidationError(
                    "--resume goes on with the sweep as it was planned; name nothing else.")
            }
        } else if file == nil || axes.isEmpty {
            throw ValidationError(
                "Name the YAML file and what varies, such as seed=0..4 or "
                    + "optimizer.learning_rate=0.1,0.05; or --resume SWEEP.")
        }
    }

    func run() throws {
        let session: SweepSession
        do {
            session = try makeSession()
        } catch {
            throw Failure.report(error, error is FileError ? Failure.work : Failure.usage)
        }
        do {
            try session.perform()
        } catch let code as ExitCode {
            throw code
        } catch {
            throw Failure.report(error)
        }
    }

    private func makeSession() throws -> SweepSession {
        if var folder = resume {
            while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
            guard let plan = try SweepPlan.read(folder: folder) else {
                throw FileError(
                    path: folder, message: "is not a sweep: it has no \(SweepPlan.planFile)")
            }
            return SweepSession(
                plan: plan, folder: folder, resumeCommand: Self.resumeCommand(folder),
                isQuiet: quiet)
        }
        let path = file ?? ""
        let all = try axes.map { try SweepAxis($0) }
        let plan = try SweepPlan(
            base: try readConfiguration(path), path: path,
            overrides: all.filter { $0.values.count == 1 }.map { "\($0.key)=\($0.values[0])" },
            axes: all.filter { $0.values.count > 1 })
        let folder = output ?? SweepSession.newFolder(in: "sweeps", name: plan.name)
        return try SweepSession(
            plan, output: folder, resumeCommand: Self.resumeCommand(folder), isQuiet: quiet)
    }

    static func resumeCommand(_ folder: String) -> String {
        "residual sweep --resume \(shellCommand([folder]))"
    }
}

/// The bytes of a configuration file, after it was found to be readable.
func readConfiguration(_ path: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else {
        // Says why, as for every configuration.
        _ = try Configuration.load(contentsOf: path)
        return []
    }
    return Array(data)
}

import ArgumentParser

/// The program: `residual <subcommand>`.
@main
struct Residual: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "residual",
        abstract: "Trains, evaluates and serves image classifiers, from one YAML file.",
        discussion: """
            A first run needs no data:

              residual train configs/quickstart.yaml
              residual serve runs/<run>

            A run folder holds everything about a run: its configuration, history, checkpoints and \
            reports. Most commands take a run folder or a checkpoint file.
            """,
        subcommands: [
            TrainCommand.self, SweepCommand.self, EvaluateCommand.self, PredictCommand.self,
            ServeCommand.self,
            RunsCommand.self, CompareCommand.self, VerifyCommand.self, ResumeCheckCommand.self,
            DataCommand.self,
            ModelsCommand.self, BenchCommand.self, ConfigurationCommand.self,
        ])

    /// Runs the command that the arguments name.
    ///
    /// Arguments that cannot be understood end with the same status as a wrong configuration; the
    /// argument parser's own status for them is 64.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch  where exitCode(for: error) == .validationFailure {
            Terminal.note(fullMessage(for: error))
            exit(withError: Failure.usage)
        } catch {
            exit(withError: error)
        }
    }
}

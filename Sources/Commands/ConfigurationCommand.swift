import ArgumentParser
import Train

/// `residual config`.
struct ConfigurationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Print the reference of all configuration keys.")

    func run() { Terminal.print(configurationReference().trimmedNewline) }
}

import ArgumentParser
import Support
import Train

/// `residual compare`.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Is run B better than run A? On the same samples, with intervals.",
        discussion: """
            Takes two folders with predictions of the same samples: runs, or what residual evaluate \
            --output wrote. Differences of accuracy, macro F1, log-loss, ROC-AUC and the F1 of each \
            class come with 95 % intervals and p-values of the paired bootstrap; McNemar's test judges \
            the mistakes. Which samples flipped and which keys of the configurations differ is listed. \
            Of segmentations, mean IoU, mean Dice, pixel accuracy, log-loss and the IoU of each class \
            are compared, over resamples of the images.

              residual compare runs/20260101-120000-a runs/20260102-120000-b
              residual compare runs/20260101-120000-a runs/20260102-120000-b --html difference.html
            """)

    @Argument(help: "The folder of run A.", completion: .directory)
    var a: String

    @Argument(help: "The folder of run B.", completion: .directory)
    var b: String

    @Option(help: "Resamples of the bootstrap, at least 100.")
    var resamples = 2000

    @Option(help: "Decides the resamples.")
    var seed: UInt64 = 0

    @Option(help: "Write a page with the comparison into this file.", completion: .file())
    var html: String?

    @Flag(help: "Print the comparison as JSON.")
    var json = false

    func validate() throws {
        guard (100...1_000_000).contains(resamples) else {
            throw ValidationError("--resamples \(resamples): expected 100 to 1000000.")
        }
    }

    func run() throws {
        do {
            let comparison = try RunComparison(
                try MeasuredRun(folder: a), try MeasuredRun(folder: b),
                bootstrap: Bootstrap(seed: seed, resampleCount: resamples))
            if let html {
                try AtomicFile.write(comparison.html, to: html)
                Terminal.note("page  \(html)")
            }
            Terminal.print(
                json
                    ? comparison.json.serialized(pretty: true) : comparison.text.trimmedNewline)
        } catch {
            throw Failure.report(error)
        }
    }
}

import Datasets
import Support
import Train

/// Shows a run on the terminal: a bar that is redrawn, or plain lines where nothing can be redrawn.
final class TrainingDisplay: TrainingListener {
    private let isQuiet: Bool
    private let log: (String) -> Void
    private var plan: TrainingPlan?
    private var barIsDrawn = false
    private var lastDrawing = 0.0
    private var lastPlainLine = 0.0
    private var pastSeconds = 0.0
    private var startSeconds = 0.0
    private var startStep = 0

    private static let secondsBetweenDrawings = 0.1
    private static let secondsBetweenPlainLines = 15.0

    /// - Parameters:
    ///   - isQuiet: Whether only notes are shown.
    ///   - log: Gets every line that is to stay.
    init(isQuiet: Bool, log: @escaping (String) -> Void) {
        self.isQuiet = isQuiet
        self.log = log
    }

    func trainingStarted(_ plan: TrainingPlan) {
        self.plan = plan
        startSeconds = secondsNow()
        startStep = plan.firstStep
        let parts = [
            "\(Format.count(plan.trainCount)) to train",
            plan.validationCount.map { "\(Format.count($0)) to validate" },
            plan.testCount.map { "\(Format.count($0)) to test" },
        ].compactMap { $0 }.joined(separator: ", ")
        let length = plan.stepCount.map { "\(Format.count($0)) steps" } ?? "until the time limit"
        let epochs = plan.epochCount.map { "\($0) epochs, " } ?? ""
        let trained =
            plan.trainedCount < plan.parameterCount
            ? ", \(Format.magnitude(plan.trainedCount)) of them trained now" : ""
        line(
            "model   \(plan.model), \(Format.magnitude(plan.parameterCount)) parameters\(trained)")
        if let weights = plan.firstWeights { line("weights \(weights)") }
        line("data    \(plan.data): \(parts)")
        line(
            "length  \(epochs)\(length)\(plan.firstStep > 0 ? ", resumed at step \(plan.firstStep)" : "")"
        )
        line("device  \(plan.device)")
        line("folder  \(plan.folder)")
        line("")
    }

    func stepEnded(_ progress: StepProgress) {
        guard !isQuiet else { return }
        let time = secondsNow()
        if Terminal.isInteractive {
            guard time - lastDrawing >= Self.secondsBetweenDrawings else { return }
            lastDrawing = time
            drawBar(progress)
        } else if time - lastPlainLine >= Self.secondsBetweenPlainLines {
            lastPlainLine = time
            Terminal.note(text(of: progress))
        }
    }

    func evaluating(_ part: Split, done: Int, of count: Int) {
        guard !isQuiet, Terminal.isInteractive,
            secondsNow() - lastDrawing >= Self.secondsBetweenDrawings
        else { return }
        lastDrawing = secondsNow()
        draw("evaluating \(part.rawValue)  \(Format.count(done))/\(Format.count(count))")
    }

    func epochEnded(_ row: HistoryRow, isBest: Bool) {
        var parts = ["epoch \(row.epoch)\(plan?.epochCount.map { "/\($0)" } ?? "")"]
        if let loss = row.trainLoss { parts.append("train loss \(Format.fixed(loss, 4))") }
        if let accuracy = row.trainAccuracy { parts.append("acc \(Format.percent(accuracy))") }
        if let loss = row.validationLoss { parts.append("· val loss \(Format.fixed(loss, 4))") }
        if let accuracy = row.validationAccuracy { parts.append("acc \(Format.percent(accuracy))") }
        if let rate = row.imagesPerSecond { parts.append("· \(Format.fixed(rate, 0)) img/s") }
        if isBest { parts.append("· best") }
        line(parts.joined(separator: "  "))
    }

    func note(_ text: String) { line(text, evenIfQuiet: true) }

    /// Removes a bar that is still drawn.
    func finish() { clear() }

    private func line(_ text: String, evenIfQuiet: Bool = false) {
        log(text)
        guard !isQuiet || evenIfQuiet else { return }
        clear()
        Terminal.note(text)
    }

    private func drawBar(_ progress: StepProgress) {
        let width = 20
        let filled = width * progress.batch / max(1, progress.batchCount)
        let bar =
            String(repeating: "━", count: filled) + String(repeating: "─", count: width - filled)
        draw("\(bar) \(text(of: progress))")
    }

    private func text(of progress: StepProgress) -> String {
        var parts = [
            "epoch \(progress.epoch + 1)\(plan?.epochCount.map { "/\($0)" } ?? "")",
            "\(progress.batch)/\(progress.batchCount)",
        ]
        if let loss = progress.loss { parts.append("loss \(Format.fixed(loss, 4))") }
        if let accuracy = progress.accuracy { parts.append("acc \(Format.percent(accuracy))") }
        if let rate = progress.imagesPerSecond { parts.append("\(Format.fixed(rate, 0)) img/s") }
        parts.append(Format.bytes(progress.peakMemory))
        if let remaining = remainingSeconds(at: progress.step) {
            parts.append("ETA \(Format.duration(remaining))")
        }
        return parts.joined(separator: "  ")
    }

    private func remainingSeconds(at step: Int) -> Double? {
        guard let total = plan?.stepCount, step > startStep else { return nil }
        return (secondsNow() - startSeconds) / Double(step - startStep) * Double(total - step)
    }

    private func draw(_ text: String) {
        Terminal.draw("\r\u{1B}[2K" + text.prefix(max(20, Terminal.width - 1)))
        barIsDrawn = true
    }

    private func clear() {
        guard barIsDrawn else { return }
        Terminal.draw("\r\u{1B}[2K")
        barIsDrawn = false
    }
}

import Datasets
import Foundation
import Inference
import NN
import Support
import Train

// The end of a training: what it came to, in files and in the terminal.
extension TrainingSession {
    /// Measures the model of a finished run, writes the reports and says where they are.
    func report(
        _ run: RunDirectory, _ data: TrainingData, _ git: GitState?, _ trainer: Trainer,
        _ display: TrainingDisplay
    ) throws {
        let configuration = loaded.values
        let best = run.path(of: RunFile.bestCheckpoint)
        let file = try ModelFile(
            fileExists(best) ? best : run.path(of: RunFile.lastCheckpoint))
        let measurement = ModelMeasurement(
            title: configuration.runName, split: measuredSplit(of: data),
            batchSize: configuration.evaluationBatchSize, workers: configuration.loaderWorkers,
            augmentation: configuration.evaluation.tta)
        let reports = try measurement.reports(of: file, data) {
            display.evaluating(measurement.split, done: $0, of: $1)
        }.map { report in
            report.adding {
                addRun(run, data, git, trainer, to: &$0)
                $0.serveCommand = serveCommand(file, report)
                guard report.position > 0, let task = report.task else { return }
                $0.history = $0.history.map { $0.part(ofTask: task) }
            }
        }
        try RunReports.write(reports, to: run.path)
        display.finish()
        show(reports, measurement.split, trainer)
        Terminal.print("report  \(run.path(of: RunFile.htmlReport))")
        if let serve = reports.compactMap(\.content.serveCommand).first {
            Terminal.print("serve   \(serve)")
        }
    }

    private func measuredSplit(of data: TrainingData) -> Split {
        if loaded.values.evaluation.test, data.test != nil { return .test }
        return data.validation != nil ? .validation : .train
    }

    private func addRun(
        _ run: RunDirectory, _ data: TrainingData, _ git: GitState?, _ trainer: Trainer,
        to content: inout ReportContent
    ) {
        let configuration = loaded.values
        content.history = trainer.state.history
        content.epochCount = trainer.state.epoch
        content.trainingSeconds = trainer.state.seconds
        content.peakMemory = trainer.state.peakMemory
        content.seed = configuration.seed
        content.date = Folders.date
        content.git = git
        content.configuration = loaded.resolvedYAML(withOrigins: false)
        content.environment = RunEnvironment.current(dataFingerprint: data.fingerprint)
        content.reproduceCommand =
            "./residual train \(shellCommand([run.path(of: RunFile.configuration)]))"
        if configuration.ema != nil, configuration.measuredWeights == .raw {
            content.notes.append(
                "Measured are the weights that training moved (raw), not their moving average.")
        }
        if let best = trainer.state.best, fileExists(run.path(of: RunFile.bestCheckpoint)) {
            content.notes.append(
                "Measured is the model with the best validation figure, that of epoch "
                    + "\(best.epoch).")
        }
    }

    /// What serves the task of a report; nil for a segmentation, which the server does not answer.
    private func serveCommand(_ file: ModelFile, _ report: RunReports) -> String? {
        let tasks = file.description.tasks
        guard tasks[report.position].unit == .picture else { return nil }
        let isFirst =
            tasks.firstIndex { $0.unit == .picture } == report.position
        let choice = isFirst ? [] : ["--task", tasks[report.position].name]
        return "./residual serve \(shellCommand([file.path] + choice))"
    }

    private func show(_ reports: [RunReports], _ split: Split, _ trainer: Trainer) {
        for report in reports {
            if let task = report.task { Terminal.print("\(task)\n") }
            Terminal.print(report.content.evaluation.classTable.trimmedNewline)
            Terminal.print("")
            var figures = Self.figures(report.content.evaluation)
            figures[0] = "\(split.rawValue) \(figures[0])"
            if report.position == reports.count - 1 {
                let duration = Format.duration(trainer.state.seconds)
                figures.append("trained \(duration) (\(trainer.state.ending ?? ""))")
            }
            Terminal.print(figures.joined(separator: "  ·  "))
            Terminal.print("")
        }
    }

    /// The figures of a task that end a training in the terminal, the one to quote first.
    private static func figures(_ evaluation: TaskEvaluation) -> [String] {
        func number(_ name: String, _ score: Score) -> String? {
            score.value.map { "\(name) \(Format.fixed($0, 4))" }
        }
        switch evaluation {
        case .classification(let evaluation):
            return ["accuracy \(Format.percent(evaluation.accuracy))"]
                + [
                    number("log-loss", evaluation.logLoss),
                    number("ROC-AUC", evaluation.roc.headline),
                ].compactMap { $0 }
        case .segmentation(let evaluation):
            let mean = evaluation.score(.meanIoU).value.map(Format.percent) ?? "undefined"
            let accuracy = evaluation.score(.pixelAccuracy).value.map(Format.percent)
            return ["mean IoU \(mean)"]
                + [
                    accuracy.map { "pixel accuracy \($0)" },
                    number("log-loss", evaluation.score(.logLoss)),
                ].compactMap { $0 }
        }
    }
}

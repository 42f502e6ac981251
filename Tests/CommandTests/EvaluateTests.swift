import Support
import Testing
import Train

extension CommandTests {
    /// `evaluate` says what the report said.
    @Suite struct EvaluateTests {
        /// The members of a report that are figures, not circumstances.
        static let figures = [
            "accuracy", "classification_report", "top_5_accuracy", "macro_f1", "log_loss",
            "roc_auc", "brier_score", "average_precision", "figures", "intervals", "calibration",
            "thresholds",
            "undefined", "sample_count", "class_names", "confusion_matrix", "most_confused",
            "model",
            "data", "worst_mistakes",
        ]

        @Test func theFiguresAreThoseOfTheReport() async throws {
            let run = try await Samples.trainedRun()
            let report = try run.place.json(run.file(RunFile.jsonReport))
            #expect(report["calibration"]?["fitted_on"] == "validation")
            #expect(report["calibration"]?["fitted_count"] == 16)
            let place = try Workplace()
            try place.write(try run.place.bytes(run.best), to: "alone.safetensors")
            for arguments in [
                [run.place.file(run.name)],
                ["alone.safetensors", "--threads", "1"],
            ] {
                let outcome = try await Program.run(["evaluate", "--json"] + arguments, in: place)
                #expect(outcome.succeeded, "\(outcome.errors)")
                let evaluated = try JSONValue.parse(outcome.output)
                for figure in Self.figures {
                    #expect(evaluated[figure] != nil)
                    #expect(evaluated[figure] == report[figure], "\(figure)")
                }
            }
        }

        @Test func theSizeOfTheBatchesHardlyMatters() async throws {
            let run = try await Samples.trainedRun()
            let report = try run.place.json(run.file(RunFile.jsonReport))
            let outcome = try await Program.run(
                [
                    "evaluate", "--json", run.best,
                    "--batch-size", "1",
                ], in: run.place)
            #expect(outcome.succeeded, "\(outcome.errors)")
            let evaluated = try JSONValue.parse(outcome.output)
            expectEqualFigures([evaluated["log_loss"]?.number], [report["log_loss"]?.number])
        }

        @Test func validationIsThePartThatChoseTheModel() async throws {
            let run = try await Samples.trainedRun()
            let outcome = try await Program.run(
                ["evaluate", run.name, "--split", "validation", "--json"], in: run.place)
            #expect(outcome.succeeded, "\(outcome.errors)")
            let evaluated = try JSONValue.parse(outcome.output)
            let accuracies = try History.read(folder: run.place.file(run.name)).map(
                \.validationAccuracy)
            #expect(evaluated["sample_count"] == 16)
            #expect(evaluated["accuracy"]?.number == accuracies.compactMap(\.self).max())
            #expect(evaluated["data"]?.string?.hasSuffix("validation split") == true)
            #expect(evaluated["calibration"]?["fitted_on"] == "measured samples")
        }

        @Test func reportsGoToAFolder() async throws {
            let run = try await Samples.trainedRun()
            let place = try Workplace()
            let outcome = try await Program.run(
                ["evaluate", run.place.file(run.last), "--output", "new/folder"], in: place)
            #expect(outcome.succeeded, "\(outcome.errors)")
            #expect(outcome.output.contains("accuracy"))
            for file in [
                RunFile.textReport, RunFile.jsonReport, RunFile.htmlReport, RunFile.confusionMatrix,
                RunFile.predictions,
            ] {
                #expect(try !place.bytes("new/folder/\(file)").isEmpty)
            }
            #expect(outcome.errors == "reports  new/folder/report.html\n")
        }

        @Test func imagesCanHaveAnotherSize() async throws {
            let run = try await Samples.trainedRun()
            let outcome = try await Program.run(
                ["evaluate", run.name, "data.image_size=24", "--json"], in: run.place)
            #expect(outcome.succeeded, "\(outcome.errors)")
            let report = try run.place.json(run.file(RunFile.jsonReport))
            let evaluated = try JSONValue.parse(outcome.output)
            #expect(evaluated["log_loss"]?.number != report["log_loss"]?.number)
            #expect(
                evaluated["notes"]?.array?.compactMap(\.string).contains {
                    $0.contains("24×24 pixels, there 16×16 pixels")
                } == true)
        }

        @Test func theFirstPicturesAreMeasuredAlike() async throws {
            let run = try await Samples.trainedRun()
            let outcome = try await Program.run(
                ["evaluate", run.name, "data.test_count=20", "--json"], in: run.place)
            #expect(outcome.succeeded, "\(outcome.errors)")
            let lines = try run.place.text(run.file(RunFile.predictions)).split(separator: "\n")
            let right = lines.dropFirst().prefix(20).count { line in
                let fields = line.split(separator: ",")
                return fields[2] == fields[3]
            }
            #expect(try JSONValue.parse(outcome.output)["accuracy"]?.number == Double(right) / 20)
        }
    }
}

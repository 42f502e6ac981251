import Foundation
import Support
import Testing
import Train

@Suite struct SegmentationReportTests {
    static let content = SegmentedPets(error: 1.2, seed: 1).content()

    static var evaluation: SegmentationEvaluation {
        guard case .segmentation(let evaluation) = content.evaluation else { fatalError() }
        return evaluation
    }

    @Test func pageIsWellFormedAndNeedsNothingElse() throws {
        let html = Self.content.html
        try Markup.check(html)
        // Encoded pictures may spell anything.
        let body = try #require(html.components(separatedBy: "<script>").first)
        let words = body.components(separatedBy: "base64,").map {
            $0.drop { $0.isLetter || $0.isNumber || "+/=".contains($0) }
        }.joined()
        for forbidden in ["http:", "https:", "url(", "<link", "NaN", "nan", "<Background>", "/<0>"]
        {
            let isAbsent = !words.contains(forbidden)
            #expect(isAbsent, "\(forbidden)")
        }
        for section in [
            "All figures", "Learning curves", "Classes",
            "Confusion matrix of the pixels, % of the true class",
            "Single images", "Examples", "Details",
        ] {
            let isPresent = html.contains("<h2>\(section)</h2>")
            #expect(isPresent, "\(section)")
        }
        for absent in ["ROC", "Thresholds", "Calibration", "Most confident mistakes"] {
            #expect(!html.contains("<h2>\(absent)"))
        }
        // Three pictures for each of the three worst, middle and best.
        #expect(html.components(separatedBy: "src=\"data:image/png;base64,").count == 28)
        for text in [
            "Mean IoU", "Pixel accuracy", "best 73.83", "validation without border", "The worst",
            "From the middle", "#E69F00", "only &lt;2&gt; batches",
            "without “Border”",
        ] {
            let isPresent = html.contains(text)
            #expect(isPresent, "\(text)")
        }
        #expect(html.contains("<b>Mean Dice</b>") == false, "no such column in the history")
    }

    @Test func pagesOfOddRunsAreWellFormed() throws {
        func content(_ predictions: SegmentationPredictions, border: Int? = nil) -> ReportContent {
            ReportContent(
                title: "t", modelName: "m", dataName: "d",
                evaluation: .segmentation(
                    SegmentationEvaluation(predictions, borderClass: border)))
        }
        let empty = SegmentationPredictions(classNames: ["a", "b"])
        var single = SegmentationPredictions(classNames: ["a"])
        single.add(name: "x", index: 0, truth: [0, 255], probabilities: [1, .nan])
        let names = (0..<30).map { "class \($0)" }
        var many = SegmentationPredictions(classNames: names)
        many.add(
            name: "y", index: 0, truth: [UInt8](0..<29)[...],
            probabilities: (0..<29 * 30).map { Float($0 % 7) }[...])
        var onlyBorder = SegmentationPredictions(classNames: ["a", "b"])
        onlyBorder.add(name: "z", index: 0, truth: [1, 1], probabilities: [1, 0, 0, 1])
        for content in [
            content(empty), content(single), content(many), content(onlyBorder, border: 1),
        ] {
            try Markup.check(content.html)
            #expect(!content.html.contains(">nan"))
            #expect(!content.text.contains("nan"))
            let json = try JSONValue.parse(content.json.serialized(pretty: true))
            #expect(json["task"] == "segmentation")
        }
        #expect(content(empty).json["mean_iou"] == .null)
        #expect(content(empty).json["undefined"]?["mean_iou"] == "there are no labelled pixels")
        #expect(
            content(many).json["undefined"]?["classes[29].recall"] == "no pixel is 'class 29'")
        #expect(
            content(onlyBorder, border: 1).json["undefined"]?["mean_iou_without_border"]
                == "there are no labelled pixels")
    }

    @Test func jsonStartsWithTheHeadlines() throws {
        let json = try JSONValue.parse(Self.content.json.serialized(pretty: true))
        #expect(
            json.members?.prefix(4).map(\.key)
                == ["mean_iou", "mean_dice", "pixel_accuracy", "log_loss"])
        let mean = try #require(json["mean_iou"]?.number)
        #expect(mean > 0.6 && mean < 0.95)
        #expect(json["mean_iou"]?.number == Self.evaluation.score(.meanIoU).value)
        let figures = try #require(json["figures"]?.members)
        #expect(
            figures.map(\.key)
                == BorderRule.allCases.flatMap { rule in
                    SegmentationFigure.allCases.map { rule.name($0) }
                })
        for (key, figure) in figures {
            let value = try #require(figure["value"]?.number, "\(key)")
            let interval = try elements(figure["interval"], as: \.number)
            #expect(interval.count == 2 && interval[0] <= value && value <= interval[1], "\(key)")
        }
        let classes = try #require(json["classes"]?.array)
        #expect(classes.map { $0["name"] } == ["Pet", "<Background>", "Border"])
        #expect(classes[2]["iou_without_border"]?["value"] == .null)
        #expect(json["undefined"]?["classes[2].iou_without_border"] == "'Border' is left out")
        #expect(classes[0]["dice"]?["interval"]?.array?.count == 2)
        #expect(json["border_class"] == "Border" && json["sample_count"] == 40)
        let counts = try #require(json["confusion_matrix"]?.array).flatMap { $0.array ?? [] }
        #expect(counts.compactMap(\.integer).reduce(0, +) == json["pixel_count"]?.integer)
        let quartiles = try #require(json["image_mean_iou"]?.members).compactMap(\.value.number)
        #expect(quartiles.count == 5 && quartiles == quartiles.sorted())
        #expect(json["worst_images"]?.array?.first?["mean_iou"]?.number == quartiles[0])
        #expect(json["history"]?.array?[11]["validation_mean_iou"] != nil)
        #expect(json["intervals"]?["resamples"] == 200)
    }

    @Test func textHoldsTheClassesAndTheImages() throws {
        let text = Self.content.text
        for part in [
            "All pixels, 'Border' a class like the others", "Without the pixels that are 'Border'",
            "predicting 'Border' elsewhere misses the true class", "200 bootstrap",
            "Confusion matrix of the pixels, % of the true class", "Worst images",
            "Mean IoU of the single images", "mean over 40 images",
        ] {
            let isPresent = text.contains(part)
            #expect(isPresent, "\(part)")
        }
        #expect(text.contains(Self.content.evaluation.classTable))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 150 })
        let line = try #require(
            text.split(separator: "\n").first { $0.hasPrefix("  Mean IoU  ") })
        let value = try #require(Self.evaluation.score(.meanIoU).value)
        #expect(line.split(separator: " ")[2] == fixedPoint(value, digits: 4))
        let rows = Self.content.evaluation.classTable.split(separator: "\n")
        #expect(rows.count == 5)
        #expect(rows[4].split(separator: " ").suffix(4) == ["–", "–", "–", "–"])
    }

    @Test func onlyOneTableWithoutABorder() throws {
        let evaluation = SegmentationEvaluation(
            Self.evaluation.predictions, bootstrap: Bootstrap(resampleCount: 20))
        let content = ReportContent(
            title: "t", modelName: "m", dataName: "d", evaluation: .segmentation(evaluation))
        try Markup.check(content.html)
        #expect(!content.html.contains("without “"))
        #expect(!content.text.contains("ithout"))
        #expect(content.json["border_class"] == .null)
        #expect(content.json["figures"]?.members?.count == SegmentationFigure.allCases.count)
    }
}

/// What other commands read of the folder of a segmentation run.
@Suite struct SegmentationRunTests {
    /// A folder as a run leaves it.
    private func write(_ content: ReportContent, to folder: String) throws {
        let run = try RunDirectory.create(at: folder)
        try run.write(
            """
            epochs: 1
            data: {name: shapes}
            model: {name: resnet20}
            optimizer: {name: sgd}

            """, to: RunFile.configuration)
        _ = try History(creatingIn: folder)
        try RunReports(content).write(to: folder)
    }

    private func run(_ error: Float, seed: UInt64, count: Int = 40) throws -> MeasuredRun {
        try withTemporaryFolder { folder in
            try write(
                SegmentedPets(error: error, seed: seed, count: count).content(), to: folder + "/r")
            return try MeasuredRun(folder: folder + "/r")
        }
    }

    @Test func theFolderIsWholeAndReadBackAsItWas() throws {
        let content = SegmentationReportTests.content
        try withTemporaryFolder { parent in
            let folder = parent + "/run"
            try write(content, to: folder)
            let measured = try MeasuredRun(folder: folder)
            #expect(measured.borderClass == "Border")
            guard case .segmentation(let read) = measured.predictions else {
                Issue.record("not read as a segmentation")
                return
            }
            let written = SegmentationReportTests.evaluation.predictions
            #expect(read.classNames == written.classNames && read.sampleCount == 40)
            for (a, b) in zip(read.samples, written.samples) {
                #expect(a.name == b.name && a.index == b.index && a.losses == b.losses)
                #expect(a.confusionMatrix == b.confusionMatrix)
            }
            let lines = try String(contentsOfFile: folder + "/predictions.csv", encoding: .utf8)
                .split(separator: "\n")
            #expect(lines.count == 41)
            #expect(
                lines[0].hasPrefix(
                    "index,name,mean_iou,pixel_accuracy,iou_Pet,iou_<Background>,iou_Border,loss_Pet"
                ))
            let matrix = try String(
                contentsOfFile: folder + "/confusion_matrix.csv", encoding: .utf8)
            #expect(matrix.hasPrefix("true \\ predicted,Pet,<Background>,Border\n"))
            let summary = RunSummary(path: folder)
            #expect(summary.status == .complete && summary.task == .segmentation)
            expectClose(
                summary.testHeadline, SegmentationReportTests.evaluation.score(.meanIoU).value)
            #expect(summary.json["mean_iou"]?.number == summary.headline)
            #expect(summary.json["mean_dice"]?.number != nil && summary.json["accuracy"] == nil)
        }
    }

    @Test(arguments: [
        ("pixels_Border_Border", "pixls", "has 8 columns"), (",7,", ",x,", ""),
    ]) func brokenTablesAreRefused(from: String, to: String, message: String) throws {
        try withTemporaryFolder { parent in
            let folder = parent + "/run"
            try write(SegmentedPets(error: 1, seed: 1, count: 3).content(), to: folder)
            let path = folder + "/predictions.csv"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let broken = text.replacingOccurrences(of: from, with: to)
                .replacingOccurrences(of: "\n0,", with: message.isEmpty ? "\nzero," : "\n0,")
            try AtomicFile.write(broken, to: path)
            let error = #expect(throws: FileError.self) { try MeasuredRun(folder: folder) }
            #expect(error?.message.contains(message.isEmpty ? "zero" : message) == true)
        }
    }

    @Test func aBetterModelIsFound() throws {
        let a = try run(1.6, seed: 1)
        let b = try run(0.8, seed: 2)
        let comparison = try RunComparison(a, b, bootstrap: Bootstrap(resampleCount: 500))
        #expect(comparison.verdict.hasPrefix("B is better: mean IoU +"))
        #expect(
            comparison.figures.map(\.name)
                == [
                    "mean IoU", "mean Dice", "pixel accuracy", "log-loss", "mean IoU, no border",
                    "mean Dice, no border", "pixel accuracy, no border", "log-loss, no border",
                ])
        #expect(comparison.figures.map(\.isLoss) == (0..<8).map { $0 % 4 == 3 })
        #expect(comparison.figures[0].isBetter == true && comparison.classes.count == 3)
        let evaluations = [a, b].map { run in
            guard case .segmentation(let predictions) = run.predictions else { fatalError() }
            return SegmentationEvaluation(predictions, borderClass: 2, bootstrap: nil)
        }
        expectClose(comparison.figures[0].a, evaluations[0].score(.meanIoU).value)
        expectClose(comparison.figures[0].b, evaluations[1].score(.meanIoU).value)
        expectClose(comparison.figures[6].b, evaluations[1].score(.pixelAccuracy, .ignored).value)
        expectClose(comparison.classes[1].b, evaluations[1].score(.iou, of: 1).value)
        let back = try RunComparison(b, a, bootstrap: Bootstrap(resampleCount: 500))
        #expect(back.verdict.hasPrefix("B is worse"))
        let same = try RunComparison(a, a, bootstrap: Bootstrap(resampleCount: 100))
        #expect(same.verdict.hasPrefix("No evidence"))
        #expect(same.figures.allSatisfy { $0.difference == 0 && $0.pValue == 1 })

        try Markup.check(comparison.html)
        for name in ["Figures", "Single images", "IoU of each class", "Images that changed"] {
            #expect(comparison.html.contains("<h2>\(name)</h2>"))
        }
        #expect(comparison.text.contains("IoU of class"))
        #expect(comparison.text.contains("better in B by mean IoU"))
        let json = comparison.json
        #expect(json["task"] == "segmentation" && json["class_iou"]?.array?.count == 3)
        let counts = ["worse_images", "better_images", "same_images"].compactMap {
            json[$0]?.integer
        }
        #expect(counts.reduce(0, +) == 40)
        #expect(json["images"]?.array?.count == counts[0] + counts[1])
    }

    /// One run's masks are counted at half the size.
    @Test func unlikeRunsAreRefused() throws {
        let a = try run(1, seed: 1, count: 6)
        func refusal(_ predictions: (String) throws -> Void) throws -> String {
            try withTemporaryFolder { folder in
                try predictions(folder + "/predictions.csv")
                let b = try MeasuredRun(folder: folder)
                let error = #expect(throws: FileError.self) {
                    try RunComparison(a, b, bootstrap: Bootstrap(resampleCount: 100))
                }
                let back = #expect(throws: FileError.self) {
                    try RunComparison(b, a, bootstrap: Bootstrap(resampleCount: 100))
                }
                #expect(back != nil)
                return error?.message ?? ""
            }
        }
        let classified = try refusal {
            try Predictions(classNames: ["a", "b"], labels: [0], probabilities: [1, 0])
                .writeCSV(to: $0)
        }
        #expect(classified.hasSuffix("it classifies images, the other segments them"))
        let smaller = try refusal { path in
            guard case .segmentation(let whole) = a.predictions else { return }
            let samples = whole.samples.map { sample in
                SegmentationPredictions.Sample(
                    name: sample.name, index: sample.index,
                    confusionMatrix: ConfusionMatrix(
                        counts: sample.confusionMatrix.counts.map { $0 / 4 }, classCount: 3),
                    losses: sample.losses)
            }
            try SegmentationPredictions(classNames: whole.classNames, samples: samples)
                .writeCSV(to: path)
        }
        #expect(smaller.contains("both must be measured at the same size"))
        let fewer = try refusal {
            try SegmentedPets(error: 1, seed: 1, count: 5).predictions.writeCSV(to: $0)
        }
        #expect(fewer.contains("5 samples, the other on 6"))
    }

    @Test func sweepsListTheMeanIoU() throws {
        let plan = try SweepPlan(
            base: Array(
                """
                epochs: 1
                data: {name: shapes}
                model: {name: resnet20}
                optimizer: {name: sgd}
                """.utf8), path: "x.yaml", overrides: [], axes: [try SweepAxis("seed=0..1")])
        try withTemporaryFolder { folder in
            for run in plan.runs {
                try write(
                    SegmentedPets(error: 1, seed: 4, count: 5).content(),
                    to: "\(folder)/\(run.name)")
            }
            let results = SweepResults(of: plan, in: folder, failures: [:])
            #expect(results.tasks == [.segmentation])
            #expect(results.text.contains("test mean IoU"))
            #expect(results.json["groups"]?.array?[0]["test_mean_iou"]?["mean"]?.number != nil)
            try results.write(to: folder)
            let table = try String(contentsOfFile: folder + "/results.csv", encoding: .utf8)
            #expect(table.contains(",test_mean_iou,mean_dice,pixel_accuracy,log_loss,"))
            // A run that classifies has no place in the same ranking.
            try AtomicFile.write(
                "{\"accuracy\": 0.9, \"data\": \"x, test split\"}",
                to: "\(folder)/\(plan.runs[0].name)/\(RunFile.jsonReport)")
            let mixed = SweepResults(of: plan, in: folder, failures: [:])
            #expect(mixed.text.contains("several tasks"))
            #expect(mixed.groups.allSatisfy { !$0.isBest })
        }
    }
}

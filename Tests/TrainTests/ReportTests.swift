import Datasets
import Foundation
import Support
import Testing
import Train

@Suite struct ReportTests {
    /// Fourteen classes with awkward names, one of them without samples.
    static let content: ReportContent = {
        var names = (0..<14).map { "class \($0)" }
        names[3] = "<b onclick=\"x\">R&D</b>"
        names[5] = "it's 大きい"
        let count = 210
        let labels = (0..<count).map { Int32($0 * 7 % 13) }
        var probabilities: [Float] = []
        for sample in 0..<count {
            var row = (0..<14).map { Float((sample * 31 + $0 * 17) % 23 + 1) }
            row[Int(labels[sample])] += Float(sample % 40)
            let sum = row.reduce(0, +)
            probabilities += row.map { $0 / sum }
        }
        let predictions = Predictions(
            classNames: names, labels: labels, probabilities: probabilities,
            sampleNames: (0..<count).map { "folder/<\($0)>&.png" })
        var content = ReportContent(
            title: "run <1>", modelName: "net & co", dataName: "data \"x\"",
            evaluation: Evaluation(predictions))
        content.history = (1...6).map {
            HistoryRow(
                epoch: $0, step: $0 * 10, trainLoss: $0 == 4 ? .nan : 2 / Double($0),
                validationLoss: 2.5 / Double($0), validationAccuracy: 0.1 * Double($0),
                learningRate: 0.001 / Double($0))
        }
        content.epochCount = 6
        content.trainingSeconds = 3725
        content.seed = 11
        content.git = GitState(
            commit: String(repeating: "ab", count: 20), branch: "m", isDirty: true)
        content.reproduceCommand = "residual train --config <x>"
        content.configuration = "name: <script>alert(1)</script>\n"
        content.environment = RunEnvironment(threadCount: 2, instructionSet: "avx512")
        content.notes = ["only <2> batches"]
        let png = encodePNG(
            Image(width: 3, height: 2, pixels: (0..<18).map { UInt8($0 * 14) }))
        content.mistakes = predictions.worstMistakes(limit: 5).map {
            MistakePicture(sample: $0, png: png)
        }
        return content
    }()

    @Test func pageIsWellFormedAndNeedsNothingElse() throws {
        let html = Self.content.html
        try Markup.check(html)
        let body = try #require(html.components(separatedBy: "<script>").first)
        for forbidden in ["http:", "https:", "src=\"/", "@import", "url(", "<link", "NaN", "nan\""]
        {
            let isAbsent = !body.contains(forbidden)
            #expect(isAbsent, "\(forbidden)")
        }
        #expect(html.hasPrefix("<!DOCTYPE html>"))
        #expect(html.components(separatedBy: "<script>").count == 2)
        #expect(html.components(separatedBy: "src=\"data:image/png;base64,").count == 6)
        for section in [
            "All figures", "Learning curves", "Confusion matrix", "Classes", "ROC curves",
            "Precision and recall", "Calibration", "Most confident mistakes", "Details",
        ] {
            let isPresent = html.contains("<h2>\(section)</h2>")
            #expect(isPresent, "\(section)")
        }
        for text in ["1 h 02 min", "ababababab+", "class 13", "Configuration", "avx512"] {
            let isPresent = html.contains(text)
            #expect(isPresent, "\(text)")
        }
    }

    @Test func everythingOfTheUserIsEscaped() {
        let html = Self.content.html
        #expect(html.contains("&lt;b onclick=&quot;x&quot;&gt;R&amp;D&lt;/b&gt;"))
        for raw in ["<b onclick", "R&D", "run <1>", "net & co", "<script>alert", "it's 大", "/<0>"] {
            let isAbsent = !html.contains(raw)
            #expect(isAbsent, "\(raw)")
        }
    }

    @Test func pagesOfOddRunsAreWellFormed() throws {
        var single = ReportContent(
            title: "t", modelName: "m", dataName: "d",
            evaluation: Evaluation(
                Predictions(
                    classNames: ["a", "b"], labels: [1, 1], probabilities: [0.5, 0.5, 1, 0])))
        single.history = [HistoryRow(epoch: 1, step: 1, trainLoss: 1)]
        try Markup.check(single.html)
        #expect(single.html.contains("every sample belongs to class &#39;b&#39;"))
        let empty = ReportContent(
            title: "t", modelName: "m", dataName: "d",
            evaluation: Evaluation(Predictions(classNames: ["a"], labels: [], probabilities: [])))
        try Markup.check(empty.html)
        let diverged = ReportContent(
            title: "t", modelName: "m", dataName: "d",
            evaluation: Evaluation(
                Predictions(
                    classNames: ["a", "b", "c"], labels: [0, 2],
                    probabilities: [Float](repeating: .nan, count: 6))))
        try Markup.check(diverged.html)
        #expect(diverged.html.contains("some probabilities are not finite"))
        let many = 130
        let large = ReportContent(
            title: "t", modelName: "m", dataName: "d",
            evaluation: Evaluation(
                Predictions(
                    classNames: (0..<many).map { "c\($0)" }, labels: [0, 1, 129],
                    probabilities: (0..<3 * many).map { Float($0 % 7) })))
        try Markup.check(large.html)
        #expect(large.html.contains("130 classes are too many to draw"))
        for content in [single, empty, diverged, large] {
            #expect(content.text.contains("Classification report"))
            #expect(try JSONValue.parse(content.json.serialized(pretty: true))["accuracy"] != nil)
        }
    }

    @Test func jsonStartsWithTheHeadlines() throws {
        let content = Self.content
        let json = try JSONValue.parse(content.json.serialized(pretty: true))
        let members = try #require(json.members)
        #expect(members.prefix(2).map(\.key) == ["accuracy", "classification_report"])
        #expect(json["accuracy"]?.number == content.classification.accuracy)
        #expect(
            json["classification_report"]?["accuracy"]?.number == content.classification.accuracy)
        #expect(json["roc_auc"]?["skipped_classes"] == ["class 13"])
        #expect(json["roc_auc"]?["per_class"]?.array?.last == .null)
        #expect(
            json["undefined"]?["roc_auc.per_class[13]"] == "no sample belongs to class 'class 13'")
        #expect(json["confusion_matrix"]?.array?.count == 14)
        #expect(json["average_precision"]?["per_class"]?.array?.last == .null)
        let figures = try #require(json["figures"]?.members)
        #expect(figures.count == content.classification.figures.count)
        for (key, figure) in figures {
            let value = try #require(figure["value"]?.number, "\(key)")
            let interval = try elements(figure["interval"], as: \.number)
            #expect(interval.count == 2 && interval[0] <= interval[1])
            if !key.contains("calibration") {
                #expect(interval[0] <= value && value <= interval[1], "\(key)")
            }
        }
        #expect(figures.first?.key == "accuracy")
        #expect(json["intervals"]?["resamples"] == 1000)
        #expect(json["intervals"]?["per_class"]?["recall"]?.array?.count == 14)
        let bins = try #require(json["calibration"]?["bins"]?.array)
        #expect(bins.compactMap { $0["count"]?.integer }.reduce(0, +) == 210)
        #expect(json["calibration"]?["fitted_on"] == "measured samples")
        #expect(json["thresholds"] == .null)
        #expect(json["history"]?.array?[3]["train_loss"] == .null)
        #expect(json["git"]?["dirty"] == true)
        #expect(json["seed"] == 11)
        #expect(json["task"] == "classification")
    }

    @Test func textHoldsTheReportAndTheMatrix() {
        let content = Self.content
        let text = content.text
        #expect(text.contains(content.classification.classification.text()))
        for title in [
            "ROC-AUC one-vs-one, macro", "Average precision, macro", "Brier score",
            "Balanced accuracy", "Cohen's kappa", "1,000 bootstrap resamples",
            "fitted on the measured images themselves",
        ] {
            let isPresent = text.contains(title)
            #expect(isPresent, "\(title)")
        }
        #expect(text.contains("without 1 class not present"))
        #expect(text.contains("Confusion matrix (rows: true class, columns: predicted class)"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 150 })
    }

    @Test func twoClassesHaveThresholds() throws {
        let scores: [Float] = [0.05, 0.31, 0.32, 0.4, 0.62, 0.9]
        let predictions = Predictions(
            classNames: ["cat", "<dog>"], labels: [0, 0, 1, 1, 0, 1],
            probabilities: scores.flatMap { [1 - $0, $0] })
        let content = ReportContent(
            title: "t", modelName: "m", dataName: "d",
            evaluation: Evaluation(predictions, validation: predictions))
        try Markup.check(content.html)
        #expect(content.html.contains("<h2>Thresholds</h2>"))
        #expect(content.html.contains("best F1, best Youden"))
        #expect(content.text.contains("fitted on the 6 images of the validation part"))
        let lines = content.text.split(separator: "\n")
        let best = try #require(lines.first { $0.hasSuffix("best F1, best Youden") })
        #expect(
            best.split(separator: " ").prefix(6)
                == ["0.3200", "0.7500", "1.0000", "0.6667", "0.8571", "0.6667"])
        let json = content.json["thresholds"]
        #expect(json?["positive_class"] == "<dog>")
        #expect(json?["best_f1"] == .number(Double(Float(0.32))))
        #expect(json?["rows"]?.array?.count == 20)
        #expect(content.json["figures"]?["roc_auc_binary"]?["value"] != nil)
    }

    @Test func perfectAnswersAreNotCertain() {
        let perfect = ReportContent(
            title: "t", modelName: "m", dataName: "d",
            evaluation: Evaluation(
                Predictions(
                    classNames: ["a", "b"], labels: [0, 1, 0, 1],
                    probabilities: [0.9, 0.1, 0.2, 0.8, 0.7, 0.3, 0.4, 0.6])))
        #expect(perfect.html.contains("rule of three"))
        #expect(!Self.content.html.contains("rule of three"))
    }
}

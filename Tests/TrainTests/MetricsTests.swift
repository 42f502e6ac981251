import Foundation
import Support
import Testing
import Train

/// The metrics against scikit-learn, on the cases that `Fixtures/metrics.py` made.
@Suite struct MetricsTests {
    struct Golden: Sendable, CustomTestStringConvertible {
        let json: JSONValue
        let predictions: Predictions

        init(_ json: JSONValue) throws {
            self.json = json
            predictions = Predictions(
                classNames: try elements(json["class_names"], as: \.string),
                labels: try elements(json["labels"], as: \.integer).map { Int32($0) },
                probabilities: try elements(json["probabilities"], as: \.number).map { Float($0) })
        }

        var testDescription: String { json["title"]?.string ?? "" }
    }

    static let cases: [Golden] = {
        do {
            let document = try JSONValue.parse(fixture("metrics.json"))
            return try (document.array ?? []).map { try Golden($0) }
        } catch {
            fatalError("metrics.json: \(error)")
        }
    }()

    @Test func thereAreEnoughCases() {
        #expect(Self.cases.count == 60)
        #expect(Self.cases.contains { $0.predictions.classCount == 37 })
    }

    @Test(arguments: cases) func textEqualsByteForByte(_ golden: Golden) throws {
        let report = ClassificationReport(golden.predictions)
        #expect(Array(report.text().utf8) == Array(try #require(golden.json["text"]?.string).utf8))
        guard let precise = golden.json["text4"]?.string else { return }
        #expect(Array(report.text(digits: 4).utf8) == Array(precise.utf8))
    }

    @Test(arguments: cases.filter { $0.json["dict"] != nil })
    func dictionaryEquals(_ golden: Golden) throws {
        let ours = try #require(ClassificationReport(golden.predictions).json.members)
        let theirs = try #require(golden.json["dict"]?.members)
        #expect(ours.map(\.key) == theirs.map(\.key))
        for (our, their) in zip(ours, theirs) {
            guard let members = their.value.members else {
                #expect(our.value.number == their.value.number)
                continue
            }
            #expect(our.value.members?.map(\.key) == members.map(\.key))
            for member in members {
                expectClose(our.value[member.key]?.number, member.value.number)
            }
        }
    }

    @Test(arguments: cases.filter { $0.json["confusion"] != nil })
    func confusionMatrixEquals(_ golden: Golden) throws {
        let matrix = ConfusionMatrix(golden.predictions)
        let rows = try elements(golden.json["confusion"], as: \.array)
        let theirs = rows.flatMap { $0.compactMap(\.integer) }
        #expect(matrix.counts == theirs)
    }

    @Test(arguments: cases) func logLossEquals(_ golden: Golden) {
        expectClose(logLoss(golden.predictions).value, golden.json["log_loss"]?.number)
    }

    @Test(arguments: cases) func topKEquals(_ golden: Golden) throws {
        for (k, value) in try #require(golden.json["top"]?.members) {
            let count = try #require(Int(k))
            expectClose(topKAccuracy(golden.predictions, k: count), value.number)
        }
        let first = try #require(topKAccuracy(golden.predictions, k: 1))
        #expect(first == ClassificationReport(golden.predictions).accuracy)
        #expect(topKAccuracy(golden.predictions, k: golden.predictions.classCount) == 1)
    }

    @Test(arguments: cases) func areasEqual(_ golden: Golden) throws {
        let roc = ROCAreas(golden.predictions)
        let theirs = try #require(golden.json["areas"])
        let perClass = try #require(theirs["per_class"]?.array)
        #expect(perClass.count == roc.perClass.count)
        for (our, their) in zip(roc.perClass, perClass) { expectClose(our.value, their.number) }
        expectClose(roc.macro.value, theirs["macro"]?.number)
        expectClose(roc.weighted.value, theirs["weighted"]?.number)
        expectClose(roc.binary?.value, theirs["binary"]?.number)
        #expect(roc.skippedClasses == perClass.indices.filter { perClass[$0] == .null })
        for score in roc.perClass + [roc.macro] where score.value == nil {
            #expect(score.reason?.isEmpty == false)
        }
    }

    @Test(arguments: cases.filter { $0.json["curve"] != nil })
    func curveEquals(_ golden: Golden) throws {
        let theirs = try #require(golden.json["curve"])
        let index = try #require(theirs["class"]?.integer)
        let curve = ROCAreas(golden.predictions).curves[index]
        guard let curve else {
            let labels = Set(golden.predictions.labels)
            #expect(labels.count == 1)
            return
        }
        try expectClose(curve.falsePositiveRates, elements(theirs["fpr"], as: \.number))
        try expectClose(curve.truePositiveRates, elements(theirs["tpr"], as: \.number))
        #expect(curve.thresholds.first == .infinity)
        try expectClose(
            Array(curve.thresholds.dropFirst()), elements(theirs["thresholds"], as: \.number))
    }

    @Test func negativeScoresAndSignedZerosAreOrdered() throws {
        let curve = try ROCCurve(
            scores: [-3.5, 0, -0.0, 2.25, -0.5, 7],
            isPositive: [false, true, false, true, true, true])
        // Of 4 × 2 pairs, only -0.5 against -0.0 is lost; 0 and -0.0 tie.
        #expect(curve.area == 6.5 / 8)
        #expect(curve.thresholds == [.infinity, 7, 2.25, 0, -0.5, -3.5])
    }
}

/// What the goldens cannot say: undefined values, and the order of mistakes.
@Suite struct MetricsEdgeTests {
    @Test func divergedNetworkHasReasonsInsteadOfNumbers() {
        let evaluation = Evaluation(
            Predictions(
                classNames: ["a", "b", "c"], labels: [2, 0, 1, 0],
                probabilities: [
                    .nan, .nan, .nan, 0.5, 0.25, 0.25, 0.25, .nan, 0.75, .nan, 0.125, 0.25,
                ]))
        #expect(evaluation.predictions.predictedLabels == [0, 0, 2, 2])
        #expect(evaluation.accuracy == 0.25)
        #expect(evaluation.logLoss.reason == "some probabilities are not finite")
        #expect(evaluation.roc.macro.value != nil || evaluation.roc.macro.reason != nil)
        #expect(evaluation.roc.perClass[0].reason == "some probabilities of 'a' are not finite")
    }

    @Test func noSamples() {
        let evaluation = Evaluation(
            Predictions(classNames: ["a", "b"], labels: [], probabilities: []))
        #expect(evaluation.accuracy == 0)
        #expect(evaluation.logLoss.reason == "there are no samples")
        #expect(evaluation.roc.headline.value == nil)
        #expect(evaluation.roc.macro.reason == "there are no samples")
        #expect(topKAccuracy(evaluation.predictions, k: 1) == nil)
        #expect(evaluation.classification.macroAverage.support == 0)
    }

    @Test func onlyOneClassPresent() {
        let areas = ROCAreas(
            Predictions(
                classNames: ["cat", "dog"], labels: [1, 1, 1],
                probabilities: [0.25, 0.75, 0.5, 0.5, 0.9, 0.1]))
        #expect(areas.binary?.reason == "every sample belongs to class 'dog'")
        #expect(areas.perClass[0].reason == "no sample belongs to class 'cat'")
        #expect(areas.macro.reason == "only one class is present in the labels")
        #expect(areas.skippedClasses == [0, 1])
    }

    @Test func worstMistakesAreTheMostConfident() {
        let predictions = Predictions(
            classNames: ["a", "b", "c"], labels: [0, 1, 2, 0, 1],
            probabilities: [
                0.2, 0.5, 0.3, 0.7, 0.2, 0.1, 0.1, 0.1, 0.8, 0.05, 0.25, 0.7, 0.4, 0.35, 0.25,
            ],
            sampleNames: ["p", "q", "r", "s", "t"], sampleIndices: [10, 11, 12, 13, 14])
        #expect(predictions.worstMistakes(limit: 3) == [1, 3, 0])
        #expect(predictions.worstMistakes(limit: 9) == [1, 3, 0, 4])
        #expect(predictions.confidence(4) == 0.4)
    }

    @Test func topConfusionsAreOrderedByCountThenRate() {
        let matrix = ConfusionMatrix(
            labels: [0, 0, 0, 1, 1, 2, 2, 2, 2, 0],
            predictedLabels: [1, 1, 0, 2, 2, 0, 0, 2, 2, 2],
            classCount: 3)
        let top = matrix.topConfusions(limit: 4)
        #expect(top.map(\.label) == [1, 0, 2, 0])
        #expect(top.map(\.predicted) == [2, 1, 0, 2])
        #expect(top.map(\.count) == [2, 2, 2, 1])
        #expect(top[0].rate == 1)
        #expect(matrix.labelCounts == [4, 2, 4])
        #expect(matrix.predictedCounts == [3, 2, 5])
        #expect(matrix.correctCount == 3)
    }

    @Test func fixedPointRoundsTheBinaryValue() {
        #expect(fixedPoint(0.125, digits: 2) == "0.12")
        #expect(fixedPoint(0.375, digits: 2) == "0.38")
        #expect(fixedPoint(0.285, digits: 2) == "0.28")
        #expect(fixedPoint(2.5, digits: 0) == "2")
        #expect(fixedPoint(-0.004, digits: 2) == "-0.00")
        #expect(fixedPoint(1e300, digits: 1).utf8.count == 303)
        #expect(fixedPoint(.nan, digits: 3) == "nan")
    }
}

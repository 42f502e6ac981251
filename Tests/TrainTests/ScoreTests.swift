import Support
import Tensor
import Testing
import Train

/// The metrics against scikit-learn on 200 random cases: ties, absent classes, one class alone, all
/// scores equal, up to 37 classes. `Fixtures/scores.py` made the answers; the predictions follow from
/// the keyed generator.
@Suite struct ScoreTests {
    struct Golden: Sendable, CustomTestStringConvertible {
        let number: Int
        let json: JSONValue
        let predictions: Predictions

        init(_ number: Int, _ json: JSONValue) throws {
            func integer(_ key: String) throws -> Int { try #require(json[key]?.integer) }
            self.number = number
            self.json = json
            let classCount = try integer("classes")
            let present = try elements(json["present"], as: \.integer)
            let (levels, bonus) = try (integer("levels"), integer("bonus"))
            let power = try integer("power")
            var stream = RandomStream(seed: 2024, purpose: .benchmark, index: number)
            var labels: [Int32] = []
            var probabilities: [Float] = []
            for _ in 0..<(try integer("samples")) {
                let label = present[stream.integer(below: present.count)]
                var weights = (0..<classCount).map { index in
                    var weight = stream.integer(below: levels)
                    if index == label, bonus > 0 { weight += stream.integer(below: bonus) }
                    return (0..<power).reduce(1) { product, _ in product * weight }
                }
                if !weights.contains(where: { $0 > 0 }) { weights = weights.map { _ in 1 } }
                labels.append(Int32(label))
                let sum = Float(weights.reduce(0, +))
                probabilities += weights.map { Float($0) / sum }
            }
            let isLong = json["long_names"]?.bool == true
            predictions = Predictions(
                classNames: (0..<classCount).map {
                    isLong ? "a class with number \($0)" : "c\($0)"
                },
                labels: labels, probabilities: probabilities)
        }

        var testDescription: String {
            "case \(number): \(predictions.sampleCount) samples, \(predictions.classCount) classes"
        }
    }

    static let document: JSONValue = {
        do { return try JSONValue.parse(fixture("scores.json")) } catch {
            fatalError("scores.json: \(error)")
        }
    }()

    static let cases: [Golden] = {
        do {
            return try (document["cases"]?.array ?? []).enumerated().map {
                try Golden($0.offset, $0.element)
            }
        } catch {
            fatalError("scores.json: \(error)")
        }
    }()

    @Test func casesAreOfEveryKind() {
        #expect(Self.cases.count == 200)
        #expect(Self.cases.count { $0.predictions.classCount == 37 } > 10)
        #expect(Self.cases.count { $0.predictions.classCount == 2 } > 50)
        #expect(Self.cases.count { Set($0.predictions.labels).count == 1 } > 10)
        #expect(Self.cases.count { Set($0.predictions.probabilities).count == 1 } > 20)
        #expect(Self.cases.count { $0.json["temperature"] != .null } > 50)
    }

    @Test(arguments: cases) func textAndCountsEqual(_ golden: Golden) throws {
        let report = ClassificationReport(golden.predictions)
        let text = report.text(digits: try #require(golden.json["digits"]?.integer))
        #expect(Array(text.utf8) == Array(try #require(golden.json["text"]?.string).utf8))
        let matrix = ConfusionMatrix(golden.predictions)
        let theirs = try #require(golden.json["confusion"]?.array)
        if golden.predictions.classCount > 10 {
            let ours = matrix.counts.enumerated().filter { $0.element > 0 }.map {
                JSONValue.array([.integer($0.offset), .integer($0.element)])
            }
            #expect(ours == theirs)
        } else {
            #expect(matrix.counts == theirs.compactMap(\.integer))
        }
    }

    @Test(arguments: cases) func agreementEquals(_ golden: Golden) {
        let matrix = ConfusionMatrix(golden.predictions)
        expectSame(balancedAccuracy(matrix), golden.json["balanced_accuracy"])
        expectSame(matthewsCorrelation(matrix), golden.json["mcc"])
        expectSame(cohensKappa(matrix), golden.json["kappa"])
    }

    @Test(arguments: cases) func lossesAndTopKEqual(_ golden: Golden) throws {
        expectSame(logLoss(golden.predictions), golden.json["log_loss"])
        expectSame(brierScore(golden.predictions), golden.json["brier"])
        guard let top = golden.json["top"]?.array else { return }
        for (k, value) in zip([2, 3, 5], top) {
            expectClose(topKAccuracy(golden.predictions, k: k), value.number)
        }
    }

    @Test(arguments: cases) func areasEqual(_ golden: Golden) throws {
        let (predictions, json) = (golden.predictions, golden.json)
        let roc = ROCAreas(predictions)
        for (our, their) in zip(roc.perClass, try #require(json["roc_per_class"]?.array)) {
            expectSame(our, their)
        }
        expectSame(roc.macro, json["roc_macro"])
        expectSame(roc.weighted, json["roc_weighted"])
        expectSame(microROCArea(predictions), json["roc_micro"])
        let pairs = OneVersusOneAreas(predictions)
        if predictions.classCount > 2 {
            expectSame(pairs.macro, json["ovo_macro"])
            expectSame(pairs.weighted, json["ovo_weighted"])
        } else {
            // One pair, both ways; where only one class is present, neither has areas.
            expectClose(pairs.macro.value, roc.macro.value)
        }
    }

    @Test(arguments: cases) func averagePrecisionsEqual(_ golden: Golden) throws {
        let ours = AveragePrecision(golden.predictions)
        let theirs = try #require(golden.json["ap_per_class"]?.array)
        #expect(ours.perClass.count == theirs.count)
        for (our, their) in zip(ours.perClass, theirs) { expectSame(our, their) }
        expectSame(ours.macro, golden.json["ap_macro"])
        expectSame(ours.weighted, golden.json["ap_weighted"])
        expectSame(ours.micro, golden.json["ap_micro"])
    }

    @Test(arguments: cases) func calibrationEquals(_ golden: Golden) throws {
        let errors = try #require(Reliability(golden.predictions)).errors
        let theirs = try elements(golden.json["calibration"], as: \.number)
        expectClose([errors.expected, errors.maximum, errors.adaptive], theirs)
    }

    @Test(arguments: cases) func temperatureEquals(_ golden: Golden) throws {
        guard let theirs = golden.json["temperature"]?.number else { return }
        let ours = try #require(fittedTemperature(golden.predictions).value)
        #expect(abs(ours - theirs) < 1e-9 * theirs)
    }

    @Test(arguments: cases.filter { $0.json["thresholds"]?.members != nil })
    func thresholdsEqual(_ golden: Golden) throws {
        let table = try #require(ThresholdTable(golden.predictions))
        let theirs = try #require(golden.json["thresholds"])
        expectClose(table.bestF1.f1Score, theirs["f1"]?.number)
        expectClose(table.bestYouden.youden, theirs["youden"]?.number)
        for values in try elements(theirs["rows"], as: \.array) {
            let threshold = values[0].number
            let row = try #require(table.rows.first { $0.threshold == threshold })
            expectClose(
                [row.precision, row.recall, row.specificity, row.f1Score],
                values.dropFirst().compactMap(\.number))
        }
    }

    @Test(arguments: cases.filter { $0.json["thresholds"] == .null })
    func oneClassHasNoThresholds(_ golden: Golden) {
        #expect(ThresholdTable(golden.predictions) == nil)
    }

    /// Equal to 1e-12; undefined, with a reason, where scikit-learn's answer was left out.
    private func expectSame(
        _ ours: Score, _ theirs: JSONValue?, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        expectClose(ours.value, theirs?.number, sourceLocation: sourceLocation)
        if ours.value == nil {
            #expect(ours.reason?.isEmpty == false, sourceLocation: sourceLocation)
        }
    }
}

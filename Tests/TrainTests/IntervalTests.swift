import Support
import Tensor
import Testing
import Train

@Suite struct IntervalTests {
    /// Seven classes, one without samples, with ties.
    static let predictions: Predictions = {
        var stream = RandomStream(seed: 4, purpose: .benchmark)
        var labels: [Int32] = []
        var probabilities: [Float] = []
        for _ in 0..<60 {
            let label = stream.integer(below: 6)
            let weights = (0..<7).map { index in
                Float(stream.integer(below: 6) + (index == label ? 3 : 0))
            }
            let sum = weights.reduce(0, +)
            labels.append(Int32(label))
            probabilities += weights.map { $0 / sum }
        }
        return Predictions(
            classNames: (0..<7).map { "c\($0)" }, labels: labels, probabilities: probabilities)
    }()

    @Test func meanEqualsNumPy() throws {
        let golden = try #require(ScoreTests.document["bootstrap"])
        let values = try elements(golden["values"], as: \.number)
        let distribution = Bootstrap(seed: 5).distribution(sampleCount: values.count) { counts in
            zip(values, counts).reduce(0) { $0 + $1.0 * Double($1.1) } / Double(values.count)
        }
        let interval = try #require(distribution.interval)
        try expectClose(
            [interval.lower, interval.upper], elements(golden["interval"], as: \.number))
        expectClose(distribution.standardError, golden["standard_error"]?.number)
        #expect(distribution.definedCount == 1000)
    }

    /// Weights instead of copies: every interval is that of the metrics themselves, computed on
    /// resamples that are written out.
    @Test func everyIntervalIsThatOfTheMetricOnCopies() throws {
        let (predictions, bootstrap) = (Self.predictions, Bootstrap(seed: 9, resampleCount: 40))
        let evaluation = Evaluation(predictions, bootstrap: bootstrap)
        let temperature = try #require(evaluation.calibration.temperature.value)
        let copies = Self.resamples(predictions, bootstrap).map { copy in
            (
                plain: Evaluation(copy, bootstrap: nil),
                scaled: Evaluation(copy.scaled(temperature: temperature), bootstrap: nil)
            )
        }
        let unscaled: [Figure: Figure] = [
            .scaledLogLoss: .logLoss, .scaledBrierScore: .brierScore,
            .scaledExpectedError: .expectedError, .scaledAdaptiveError: .adaptiveError,
            .scaledMaximumError: .maximumError,
        ]
        for (figure, score, interval) in evaluation.figures {
            #expect(score.value != nil)
            let values = copies.map { copy in
                unscaled[figure].map { copy.scaled.score($0) } ?? copy.plain.score(figure)
            }
            expectInterval(interval, values, bootstrap, "\(figure)")
        }
        for figure in ClassFigure.allCases {
            for index in 0..<7 {
                let values = copies.map { copy in
                    let isPresent = copy.plain.classification.classes[index].support > 0
                    return figure == .recall && !isPresent
                        ? .undefined(reason: "") : copy.plain.score(figure, of: index)
                }
                expectInterval(
                    evaluation.intervals?[figure, class: index], values, bootstrap,
                    "\(figure) of \(index)")
            }
        }
    }

    @Test func binaryFiguresHaveIntervals() throws {
        let cases = ScoreTests.cases.filter {
            $0.predictions.classCount == 2 && $0.predictions.sampleCount == 120
        }
        let predictions = try #require(cases.first?.predictions)
        let bootstrap = Bootstrap(seed: 1, resampleCount: 50)
        let evaluation = Evaluation(predictions, bootstrap: bootstrap)
        let copies = Self.resamples(predictions, bootstrap).map { Evaluation($0, bootstrap: nil) }
        for figure in [Figure.rocBinary, .precisionBinary, .brierScore] {
            expectInterval(
                evaluation.interval(figure), copies.map { $0.score(figure) }, bootstrap,
                "\(figure)")
        }
    }

    /// Of 300 experiments with a true accuracy of 0.8, about 95 % of the intervals hold it.
    @Test func intervalsCoverTheTruth() {
        var covered = 0
        for experiment in 0..<300 {
            var stream = RandomStream(seed: 77, purpose: .benchmark, index: experiment)
            let hits = (0..<150).map { _ in stream.uniform() < 0.8 ? 1.0 : 0.0 }
            let bootstrap = Bootstrap(seed: UInt64(experiment), resampleCount: 300)
            let interval = bootstrap.distribution(sampleCount: hits.count) { counts in
                zip(hits, counts).reduce(0) { $0 + $1.0 * Double($1.1) } / Double(hits.count)
            }.interval
            if let interval, interval.lower <= 0.8, interval.upper >= 0.8 { covered += 1 }
        }
        #expect((276...294).contains(covered), "\(covered) of 300")
    }

    @Test func quantilesIgnoreWhatIsUndefined() {
        let distribution = BootstrapDistribution(
            values: [3, .nan, 1, 2, .nan, 4], confidence: 0.5)
        #expect(distribution.definedCount == 4)
        #expect(distribution.interval == Interval(lower: 1.75, upper: 3.25))
        #expect(distribution.quantile(1) == 4)
        #expect(BootstrapDistribution(values: [.nan, .nan, 1], confidence: 0.9).interval == nil)
    }

    @Test func nothingToResample() {
        let empty = Evaluation(Predictions(classNames: ["a", "b"], labels: [], probabilities: []))
        #expect(empty.intervals == nil)
        #expect(empty.figures.allSatisfy { $0.score.value == nil && $0.interval == nil })
        let diverged = Evaluation(
            Predictions(
                classNames: ["a", "b", "c"], labels: [0, 2],
                probabilities: [Float](repeating: .nan, count: 6)))
        #expect(diverged.interval(.accuracy) != nil)
        #expect(diverged.interval(.logLoss) == nil)
        #expect(diverged.calibration.temperature.reason == "some probabilities are not finite")
    }

    /// The predictions of each resample, written out.
    private static func resamples(
        _ predictions: Predictions, _ bootstrap: Bootstrap
    ) -> [Predictions] {
        var drawn: [[UInt32]] = []
        _ = bootstrap.distribution(sampleCount: predictions.sampleCount) { counts in
            drawn.append(Array(counts))
            return 0
        }
        return drawn.map { counts in
            let samples = counts.indices.flatMap { sample in
                [Int](repeating: sample, count: Int(counts[sample]))
            }
            return Predictions(
                classNames: predictions.classNames, labels: samples.map { predictions.labels[$0] },
                probabilities: samples.flatMap { predictions.row($0) })
        }
    }

    private func expectInterval(
        _ interval: Interval?, _ values: [Score], _ bootstrap: Bootstrap, _ name: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let expected = BootstrapDistribution(
            values: values.map { $0.value ?? .nan }, confidence: bootstrap.confidence
        ).interval
        #expect((interval == nil) == (expected == nil), "\(name)", sourceLocation: sourceLocation)
        guard let interval, let expected else { return }
        let isSame =
            abs(interval.lower - expected.lower) < 1e-12
            && abs(interval.upper - expected.upper) < 1e-12
        #expect(
            isSame, "\(name): \(interval), expected \(expected)", sourceLocation: sourceLocation)
    }
}

/// What the goldens cannot say about calibration and thresholds.
@Suite struct CalibrationTests {
    @Test func temperatureComesFromTheValidationPart() throws {
        let measured = IntervalTests.predictions
        let own = Calibration(measured)
        #expect(own.source == .measuredSamples)
        #expect(own.temperature == fittedTemperature(measured))
        let half = Predictions(
            classNames: measured.classNames, labels: Array(measured.labels.prefix(30)),
            probabilities: Array(measured.probabilities.prefix(210)))
        let other = Calibration(measured, validation: half)
        #expect(other.source == .validation(sampleCount: 30))
        #expect(other.temperature == fittedTemperature(half))
        #expect(other.temperature != own.temperature)
        // The best temperature on the samples themselves cannot be worse than none.
        let before = try #require(logLoss(measured).value)
        #expect(try #require(own.scaled?.logLoss.value) <= before)
    }

    @Test func scalingByItsTemperatureLeavesNothingToScale() throws {
        let predictions = IntervalTests.predictions
        let temperature = try #require(fittedTemperature(predictions).value)
        let scaled = predictions.scaled(temperature: temperature)
        #expect(abs(try #require(fittedTemperature(scaled).value) - 1) < 1e-5)
        let unchanged = predictions.scaled(temperature: 1)
        for (a, b) in zip(unchanged.probabilities, predictions.probabilities) {
            #expect(abs(a - b) < 1e-6)
        }
    }

    @Test func perfectAndUselessModelsHaveNoTemperature() {
        let perfect = Predictions(
            classNames: ["a", "b"], labels: [0, 1], probabilities: [0.9, 0.1, 0.2, 0.8])
        #expect(fittedTemperature(perfect).reason?.contains("below 0.01") == true)
        let useless = Predictions(
            classNames: ["a", "b"], labels: [0, 1], probabilities: [0.1, 0.9, 0.8, 0.2])
        #expect(fittedTemperature(useless).reason?.contains("above 100") == true)
        #expect(Calibration(perfect).scaled == nil)
    }

    @Test func bestThresholdsAreMarked() throws {
        let scores: [Float] = [0.05, 0.31, 0.32, 0.4, 0.62, 0.9]
        let table = try #require(
            ThresholdTable(
                Predictions(
                    classNames: ["no", "yes"], labels: [0, 0, 1, 1, 0, 1],
                    probabilities: scores.flatMap { [1 - $0, $0] })))
        #expect(table.bestF1.threshold == Double(Float(0.32)))
        #expect(table.bestF1 == table.bestYouden)
        #expect(table.rows.count == 20)
        #expect(zip(table.rows, table.rows.dropFirst()).allSatisfy { $0.threshold < $1.threshold })
        #expect(table.rows[0].specificity == 1 / 3)
    }
}

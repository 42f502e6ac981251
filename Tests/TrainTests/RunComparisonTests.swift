import Foundation
import Support
import Tensor
import Testing
import Train

@Suite struct RunComparisonTests {
    /// Predictions that are right with the given chance; probabilities have ties.
    private func predictions(
        count: Int, classCount: Int, skill: Float, seed: UInt64
    ) -> Predictions {
        var stream = RandomStream(seed: seed, purpose: .benchmark)
        var truth = RandomStream(seed: 1, purpose: .benchmark)
        var (labels, probabilities) = ([Int32](), [Float]())
        for _ in 0..<count {
            let label = truth.integer(below: classCount)
            let guess = stream.uniform() < skill ? label : stream.integer(below: classCount)
            var row = (0..<classCount).map { _ in Float(stream.integer(below: 8) + 1) }
            row[guess] += 6
            let sum = row.reduce(0, +)
            labels.append(Int32(label))
            probabilities += row.map { $0 / sum }
        }
        return Predictions(
            classNames: (0..<classCount).map { "class \($0)" }, labels: labels,
            probabilities: probabilities)
    }

    private func repeated(_ predictions: Predictions, _ counts: [UInt32]) -> Predictions {
        var (labels, probabilities) = ([Int32](), [Float]())
        for (sample, count) in counts.enumerated() {
            for _ in 0..<count {
                labels.append(predictions.labels[sample])
                probabilities += predictions.row(sample)
            }
        }
        return Predictions(
            classNames: predictions.classNames, labels: labels, probabilities: probabilities)
    }

    /// On a resample, the figures are those of the evaluation of the samples it holds.
    @Test(arguments: [2, 3, 7])
    func weightedFiguresAreThoseOfRepeatedSamples(classCount: Int) throws {
        let all = predictions(count: 61, classCount: classCount, skill: 0.5, seed: 5)
        let figures = WeightedFigures(all)
        for round in 0..<4 {
            var stream = RandomStream(seed: 9, purpose: .benchmark, epoch: round)
            var counts = (0..<61).map { _ in UInt32(round == 0 ? 1 : stream.integer(below: 4)) }
            // A resample may lack a class.
            if round == 3 {
                for sample in 0..<61 where all.labels[sample] == 1 { counts[sample] = 0 }
            }
            let ours = counts.withUnsafeBufferPointer { figures($0) }
            let expected = Evaluation(repeated(all, counts))
            expectClose(ours[0], expected.accuracy)
            expectClose(ours[1], expected.classification.macroAverage.f1Score)
            expectClose(ours[2], expected.logLoss.value)
            if let area = expected.roc.headline.value {
                expectClose(ours[3], area)
            } else {
                #expect(ours[3].isNaN)
            }
            for (place, row) in expected.classification.classes.enumerated() {
                expectClose(ours[4 + place], row.f1Score)
            }
        }
    }

    private func run(_ predictions: Predictions, _ path: String = "a") throws -> MeasuredRun {
        try withTemporaryFolder { folder in
            try predictions.writeCSV(to: folder + "/" + RunFile.predictions)
            return try MeasuredRun(folder: folder)
        }
    }

    @Test func theTableIsReadBackAsItWas() throws {
        let names = ["plain", "with, comma", "with \"quotes\"", " spaces ", "line\nbreak"]
        let classes = ["cat", "a, b", "\"c\""]
        let written = Predictions(
            classNames: classes, labels: [0, 1, 2, 1, 0],
            probabilities: [
                1, 0, 0, 0.1, 0.7, 0.2, 1e-30, 0.5, 0.5, .nan, 0, 1, 0.25, 0.5, 0.25,
            ], sampleNames: names, sampleIndices: [4, 3, 2, 1, 0])
        guard case .classification(let read) = try run(written).predictions else {
            Issue.record("not read as a classification")
            return
        }
        #expect(read.classNames == classes && read.sampleNames == names)
        #expect(read.sampleIndices == written.sampleIndices && read.labels == written.labels)
        #expect(
            read.probabilities.map(\.bitPattern) == written.probabilities.map(\.bitPattern))
    }

    @Test func aModelIsNoBetterThanItself() throws {
        let one = try run(predictions(count: 200, classCount: 4, skill: 0.6, seed: 3))
        let comparison = try RunComparison(one, one, bootstrap: Bootstrap(resampleCount: 200))
        let mistakes = try #require(comparison.mistakes)
        for figure in comparison.figures + comparison.classes {
            #expect(figure.difference == 0)
            #expect(figure.interval == Interval(lower: 0, upper: 0))
            #expect(figure.pValue == 1)
            #expect(figure.isBetter == nil)
        }
        #expect(mistakes.mcNemar.pValue == 1 && mistakes.flips.isEmpty)
        #expect(comparison.verdict.hasPrefix("No evidence"))
    }

    @Test func aBetterModelIsFoundAndTheIntervalIsTheKnownOne() throws {
        let count = 900
        let a = try run(predictions(count: count, classCount: 5, skill: 0.4, seed: 3))
        let b = try run(predictions(count: count, classCount: 5, skill: 0.7, seed: 4))
        let comparison = try RunComparison(a, b, bootstrap: Bootstrap(resampleCount: 2000))
        let mistakes = try #require(comparison.mistakes)
        #expect(comparison.verdict.hasPrefix("B is better"))
        #expect(comparison.figures.map(\.isBetter) == [true, true, true, true])
        let back = try RunComparison(b, a, bootstrap: Bootstrap(resampleCount: 2000))
        #expect(back.figures.map(\.isBetter) == [false, false, false, false])
        #expect(back.verdict.hasPrefix("B is worse"))
        // The standard error of the difference of two paired proportions.
        let (x, y) = (
            Double(mistakes.mcNemar.onlyFirst), Double(mistakes.mcNemar.onlySecond)
        )
        let n = Double(count)
        let error = (x + y - (x - y) * (x - y) / n).squareRoot() / n
        let difference = try #require(comparison.figures[0].difference)
        #expect(abs(difference - (y - x) / n) < 1e-12)
        let interval = try #require(comparison.figures[0].interval)
        #expect(abs((interval.upper - interval.lower) / (2 * 1.96 * error) - 1) < 0.08)
        #expect(mistakes.flips.count == Int(x + y))
        #expect(mistakes.flips.count(where: \.isFixed) == Int(y))
        #expect(
            mistakes.bothRight + mistakes.bothWrong + mistakes.flips.count == count)
    }

    @Test func thePageIsWholeAndEscaped() throws {
        let names = ["<b>", "&", "c"]
        func made(_ seed: UInt64) throws -> MeasuredRun {
            let plain = predictions(count: 60, classCount: 3, skill: 0.5, seed: seed)
            return try run(
                Predictions(
                    classNames: names, labels: plain.labels, probabilities: plain.probabilities))
        }
        let comparison = try RunComparison(
            try made(1), try made(2), bootstrap: Bootstrap(resampleCount: 100))
        let page = comparison.html
        #expect(page.contains("&lt;b&gt;") && !page.contains("<th scope=\"row\"><b></th>"))
        #expect(page.hasSuffix("</html>\n") && !page.contains("http"))
        for name in ["Figures", "Mistakes", "F1 of each class", "Samples that flipped"] {
            #expect(page.contains("<h2>\(name)</h2>"))
        }
        #expect(comparison.json["flips"]?.array?.count == comparison.mistakes?.flips.count)
    }
}

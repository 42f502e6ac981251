import Datasets
import Foundation
import Support
import Testing
import Train

/// The measures of segmentations against scikit-learn, on the cases that `Fixtures/segmentation.py` made.
@Suite struct SegmentationTests {
    struct Golden: Sendable, CustomTestStringConvertible {
        let json: JSONValue
        let evaluation: SegmentationEvaluation

        init(_ json: JSONValue) throws {
            self.json = json
            let classCount = try #require(json["class_count"]?.integer)
            var predictions = SegmentationPredictions(
                classNames: (0..<classCount).map { "class \($0)" })
            for (index, image) in (json["images"]?.array ?? []).enumerated() {
                predictions.add(
                    name: "image \(index)", index: index,
                    truth: try elements(image["truth"], as: \.integer).map { UInt8($0) }[...],
                    probabilities: try elements(image["weights"], as: \.integer)
                        .map { Float($0) / 64 }[...])
            }
            evaluation = SegmentationEvaluation(
                predictions, borderClass: json["border"]?.integer,
                bootstrap: Bootstrap(resampleCount: 20))
        }

        var testDescription: String { json["title"]?.string ?? "" }

        /// What scikit-learn says under each rule for the border.
        var rules: [(rule: BorderRule, json: JSONValue)] {
            [(.counted, json["counted"]), (.ignored, json["ignored"])].compactMap { rule, json in
                json.flatMap { $0 == .null ? nil : (rule, $0) }
            }
        }
    }

    static let cases: [Golden] = {
        do {
            let document = try JSONValue.parse(fixture("segmentation.json"))
            return try (document.array ?? []).map { try Golden($0) }
        } catch {
            fatalError("segmentation.json: \(error)")
        }
    }()

    @Test func thereAreEnoughCases() {
        #expect(Self.cases.count == 14)
        #expect(Self.cases.flatMap(\.rules).count == 21)
    }

    @Test(arguments: cases) func figuresEqual(_ golden: Golden) throws {
        #expect(golden.evaluation.rules == golden.rules.map(\.rule))
        for (rule, json) in golden.rules {
            for figure in SegmentationFigure.allCases {
                let score = golden.evaluation.score(figure, rule)
                expectClose(score.value, json["figures"]?[figure.rawValue]?.number)
                #expect((score.reason ?? "none").isEmpty == false)
            }
        }
    }

    @Test(arguments: cases) func classesEqual(_ golden: Golden) throws {
        for (rule, json) in golden.rules {
            for figure in OverlapFigure.allCases {
                let theirs = json["classes"]?[figure.rawValue]?.array
                for index in golden.evaluation.predictions.classNames.indices {
                    let score = golden.evaluation.score(figure, of: index, rule)
                    expectClose(score.value, theirs?[index].number)
                    #expect((score.value == nil) == (score.reason != nil))
                }
            }
        }
    }

    @Test(arguments: cases) func countsEqual(_ golden: Golden) throws {
        for (rule, json) in golden.rules {
            let counts = golden.evaluation.measures(rule).confusionMatrix.counts
            let theirs = json["confusion"]?.array?.flatMap { $0.array ?? [] }.compactMap(\.integer)
            #expect(counts == theirs ?? counts.map { _ in 0 })
        }
    }

    @Test(arguments: cases) func imagesEqual(_ golden: Golden) throws {
        for (rule, json) in golden.rules {
            let theirs = try #require(json["images"]?.array)
            let ours = golden.evaluation.imageIoU(rule)
            #expect(ours.count == theirs.count)
            for (our, their) in zip(ours, theirs) { expectClose(our, their.number) }
        }
    }

    /// Weights instead of copies: every interval is that of the measures themselves, computed on
    /// resamples that are written out.
    @Test(arguments: cases.prefix(4)) func intervalsAreThoseOfCopies(_ golden: Golden) throws {
        let bootstrap = Bootstrap(seed: 3, resampleCount: 40)
        let predictions = golden.evaluation.predictions
        let border = golden.evaluation.borderClass
        let evaluation = SegmentationEvaluation(
            predictions, borderClass: border, bootstrap: bootstrap)
        var copies: [SegmentationEvaluation] = []
        _ = bootstrap.distribution(sampleCount: predictions.sampleCount) { counts in
            let samples = counts.indices.flatMap { sample in
                [SegmentationPredictions.Sample](
                    repeating: predictions.samples[sample], count: Int(counts[sample]))
            }
            copies.append(
                SegmentationEvaluation(
                    SegmentationPredictions(classNames: predictions.classNames, samples: samples),
                    borderClass: border, bootstrap: nil))
            return 0
        }
        func expectSame(_ ours: Interval?, _ values: [Score]) {
            let expected = BootstrapDistribution(
                values: values.map { $0.value ?? .nan }, confidence: 0.95
            ).interval
            expectClose(ours?.lower, expected?.lower)
            expectClose(ours?.upper, expected?.upper)
        }
        for rule in evaluation.rules {
            for figure in SegmentationFigure.allCases {
                expectSame(
                    evaluation.interval(figure, rule), copies.map { $0.score(figure, rule) })
            }
            for figure in OverlapFigure.allCases {
                for index in predictions.classNames.indices
                where evaluation.score(figure, of: index, rule).value != nil {
                    expectSame(
                        evaluation.interval(figure, of: index, rule),
                        copies.map { $0.score(figure, of: index, rule) })
                }
            }
        }
        #expect(copies.count == 40)
    }
}

/// What the goldens cannot say: undefined values, and the order of images.
@Suite struct SegmentationEdgeTests {
    private func predictions(
        _ names: [String], _ images: [(truth: [UInt8], rows: [[Float]])]
    ) -> SegmentationPredictions {
        var predictions = SegmentationPredictions(classNames: names)
        for (index, image) in images.enumerated() {
            predictions.add(
                name: "i\(index)", index: index + 10, truth: image.truth[...],
                probabilities: image.rows.flatMap { $0 }[...])
        }
        return predictions
    }

    @Test func nothingIsMadeUp() {
        let evaluation = SegmentationEvaluation(
            predictions(
                ["a", "b", "c", "d"],
                [([0, 0, 1, 255], [[1, 0, 0, 0], [0, 0, 1, 0], [1, 0, 0, 0], [0, 1, 0, 0]])]),
            borderClass: 1)
        #expect(evaluation.score(.iou, of: 3).reason == "no pixel is 'd' or predicted as it")
        #expect(evaluation.score(.recall, of: 2).reason == "no pixel is 'c'")
        #expect(evaluation.score(.precision, of: 1).reason == "no pixel is predicted as 'b'")
        #expect(evaluation.score(.iou, of: 1, .ignored).reason == "'b' is left out")
        #expect(evaluation.score(.iou, of: 2) == .value(0))
        // a: 1 of 3, b: 0 of 1, c: 0 of 1; d has no value.
        expectClose(evaluation.score(.meanIoU).value, 1.0 / 9)
        #expect(evaluation.score(.meanIoU, .ignored) == .value(0.25))
        #expect(evaluation.confusionMatrix.sampleCount == 3)
    }

    @Test func withoutImagesOrPixels() {
        for empty in [predictions(["a", "b"], []), predictions(["a", "b"], [([255], [[1, 0]])])] {
            let evaluation = SegmentationEvaluation(empty)
            for figure in SegmentationFigure.allCases {
                #expect(evaluation.score(figure).reason == "there are no labelled pixels")
                #expect(evaluation.interval(figure) == nil)
            }
            #expect(evaluation.ranking.isEmpty && evaluation.examples(3).isEmpty)
        }
    }

    @Test func divergedNetwork() {
        let rows: [[Float]] = [[.nan, .nan], [.nan, 0.5], [0.5, 0.5], [.infinity, 0]]
        let evaluation = SegmentationEvaluation(predictions(["a", "b"], [([0, 1, 1, 0], rows)]))
        #expect(evaluation.confusionMatrix.counts == [2, 0, 1, 1])
        #expect(evaluation.score(.logLoss).reason == "some probabilities are not finite")
        #expect(evaluation.interval(.logLoss) == nil)
        #expect(evaluation.score(.pixelAccuracy) == .value(0.75))
        // An ignored pixel may be anything.
        let ignored = SegmentationEvaluation(
            predictions(["a", "b"], [([0, 255], [[1, 0], rows[0]])]))
        #expect(ignored.score(.logLoss).value != nil)
    }

    @Test func imagesAreRankedByTheirIoU() {
        let hit: [Float] = [1, 0]
        let miss: [Float] = [0, 1]
        let images = (0..<8).map { right in
            (
                truth: [UInt8](repeating: 0, count: 8),
                rows: (0..<8).map { $0 < right * 3 % 8 ? hit : miss }
            )
        }
        let evaluation = SegmentationEvaluation(
            predictions(["a", "b"], images + [([255], [hit])]), bootstrap: nil)
        // Rights: 0 3 6 1 4 7 2 5.
        #expect(evaluation.ranking == [0, 3, 6, 1, 4, 7, 2, 5])
        let examples = evaluation.examples(2)
        #expect(examples.map(\.kind) == [.worst, .middle, .best])
        #expect(examples.map(\.samples) == [[0, 3], [1, 4], [2, 5]])
        #expect(evaluation.examples(9).map(\.samples) == [[0, 3], [1, 4], [2, 5]])
        #expect(evaluation.imageIoU().last == .some(nil))
    }

    /// Neighbouring images are alike within, so an interval over images is wider than one over pixels.
    @Test func intervalsAreOverImages() throws {
        let images = (0..<40).map { index in
            (
                truth: [UInt8](repeating: 0, count: 100),
                rows: (0..<100).map { _ in index % 2 == 0 ? [1, 0] : [0, 1] as [Float] }
            )
        }
        let evaluation = SegmentationEvaluation(predictions(["a", "b"], images))
        let interval = try #require(evaluation.interval(.pixelAccuracy))
        // 1.96 · √(0.25 / 40) = 0.155 to each side.
        #expect(abs(interval.upper - interval.lower - 0.31) < 0.04)
    }
}

@Suite struct MaskDrawingTests {
    @Test func classesHaveColoursOfTheirOwn() {
        let colours = (0..<21).map { MaskColour($0).hexadecimal }
        #expect(Set(colours).count == 21)
        #expect(colours[0] == "#E69F00" && colours[1] == "#0072B2" && colours[7] == "#8A5F00")
    }

    @Test func masksAreDrawnOverGrey() {
        let photo = Image(width: 3, height: 1, pixels: [255, 255, 255, 0, 0, 0, 160, 160, 160])
        let drawn = photo.overlaid(with: Mask(width: 3, height: 1, classes: [1, 0, 255]))
        #expect(drawn.pixels == [95, 166, 206, 143, 99, 0, 60, 60, 60])
    }
}

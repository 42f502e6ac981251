import Datasets
import Foundation
import Tensor
import Testing

@Suite struct PreprocessingTests {
    private let sample = Preprocessing(
        resize: .shorterSide(9, .bicubic), crop: Spatial(height: 8, width: 7),
        mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225])

    @Test func normalizesByTheFormula() {
        let image = patternImage(width: 19, height: 13, number: 2)
        let values = sample.apply(image)
        let resized = image.resized(to: Spatial(height: 9, width: 13), interpolation: .bicubic)
        #expect(sample.outputSize == Spatial(height: 8, width: 7))
        #expect(values.count == 8 * 7 * 3)
        for y in 0..<8 {
            for x in 0..<7 {
                for channel in 0..<3 {
                    // Halves round to even: (9 - 8) / 2 = 0.5 to 0, (13 - 7) / 2 = 3.
                    let byte = resized.pixels[(y * 13 + x + 3) * 3 + channel]
                    let expected =
                        (Float(byte) / 255 - sample.mean[channel])
                        / sample.standardDeviation[channel]
                    #expect(values[(y * 7 + x) * 3 + channel] == expected)
                }
            }
        }
    }

    @Test func manyAreOneAfterAnother() {
        let images = (0..<3).map { patternImage(width: 10 + $0, height: 12, number: $0) }
        #expect(sample.apply(images) == images.flatMap { sample.apply($0) })
    }

    @Test(arguments: [
        ResizeRule.none, .shorterSide(33, .bilinear),
        .exact(Spatial(height: 5, width: 6), .nearest),
    ])
    func survivesSaving(rule: ResizeRule) throws {
        var value = sample
        value.resize = rule
        let data = try JSONEncoder().encode(value)
        #expect(try JSONDecoder().decode(Preprocessing.self, from: data) == value)
        value.crop = nil
        let uncropped = try JSONEncoder().encode(value)
        #expect(try JSONDecoder().decode(Preprocessing.self, from: uncropped) == value)
    }

    @Test(arguments: [
        (#"{"mean": [0, 0], "standard_deviation": [1, 1, 1]}"#, "mean has 2 values"),
        (#"{"mean": [0, 0, 0], "standard_deviation": [1, 0, 1]}"#, "must be a positive number"),
        (#"{"mean": [0, 0, 0], "standard_deviation": [1, -1, 1]}"#, "must be a positive number"),
        (#"{"mean": [0,0,0], "standard_deviation": [1,1]}"#, "standard deviation has 2 values"),
        (
            #"{"mean":[0,0,0],"standard_deviation":[1,1,1],"crop":{"height":0,"width":3}}"#,
            "height is 0; it must be from 1"
        ),
        (
            #"{"mean":[0,0,0],"standard_deviation":[1,1,1],"crop":{"height":2,"width":99999}}"#,
            "width is 99999"
        ),
        (
            #"{"mean":[0,0,0],"standard_deviation":[1,1,1],"resize":{"rule":"half"}}"#,
            "unknown resize rule 'half'"
        ),
        (
            #"{"mean":[0,0,0],"standard_deviation":[1,1,1],"#
                + #""resize":{"rule":"shorter_side","size":9,"interpolation":"lanczos"}}"#,
            "unknown interpolation 'lanczos'"
        ),
    ])
    func refusesNonsense(json: String, complaint: String) {
        do {
            _ = try JSONDecoder().decode(Preprocessing.self, from: Data(json.utf8))
            Issue.record("\(json) was accepted")
        } catch DecodingError.dataCorrupted(let context) {
            #expect(context.debugDescription.contains(complaint))
        } catch {
            Issue.record("\(error)")
        }
    }
}

import Datasets
import Foundation
import NN
import Support
import Tensor
import Testing
import Train

/// Small things to work on.
enum Samples {
    /// A run of a second: 80 pictures to train on, 16 to validate, 40 to test; 5 steps an epoch.
    static let configuration = """
        name: tiny
        epochs: 3
        batch_size: 16
        data:
          name: shapes
          train_count: 96
          test_count: 40
          validation: 16
          image_size: 16
          resize: exact
        model:
          name: resnet20
        optimizer:
          learning_rate: 0.05
        augmentation:
          crop: {padding: 2}
          flip: random
        checkpoint:
          every_steps: 2
        """

    /// A run that was trained once, for all who only read it.
    static func trainedRun() async throws -> TrainedRun { try await trained.value }

    private static let trained = Task {
        let place = try Workplace()
        try place.write(configuration, to: "tiny.yaml")
        let outcome = try await Program.run(
            ["train", "tiny.yaml", "seed=7", "threads=2"], in: place)
        let run = try #require(place.runs.first, "\(outcome.errors)")
        #expect(outcome.succeeded, "\(outcome.errors)")
        return TrainedRun(place: place, name: run, outcome: outcome)
    }

    /// Pictures that `configuration` never trains on.
    static let pictures = ShapesDataset(split: .test, count: 40)

    static func picture(_ index: Int) throws -> Image { try pictures.image(at: index) }

    /// A folder data set of two classes, `parts` × `count` pictures a class, no two alike.
    static func writePhotos(
        to place: Workplace, folder: String, parts: [String], count: Int
    ) throws {
        var number = 0
        for part in parts {
            for index in 0..<count {
                for (label, name) in ["cross", "disc"].enumerated() {
                    let image = try ShapesDataset(split: .train, count: 200).image(at: number)
                    number += 1
                    let bytes = label == 0 ? encodePNG(image) : encodeJPEG(image)
                    try place.write(
                        bytes,
                        to: "\(folder)/\(part)/\(name)/\(index).\(label == 0 ? "png" : "jpg")")
                }
            }
        }
    }

    /// Oxford-IIIT Pet's layout with two breeds of drawn pets, 24×24: noise, and an ellipse in the
    /// breed's colour, with its trimap. Numbers count from 0 over both parts; even ones are cats.
    static func writePets(to place: Workplace, root: String, train: Int, test: Int) throws {
        let folder = "\(root)/oxford-iiit-pet"
        var lists = ["trainval": "", "test": ""]
        for number in 0..<(train + test) {
            let isCat = number % 2 == 0
            let name = isCat ? "Abyssinian_\(number)" : "beagle_\(number)"
            lists[number < train ? "trainval" : "test"]! +=
                isCat ? "\(name) 1 1 1\n" : "\(name) 2 2 1\n"
            let (picture, trimap) = pet(number, isCat: isCat)
            try place.write(encodeJPEG(picture, quality: 95), to: "\(folder)/images/\(name).jpg")
            try place.write(
                encodePNG(trimap, width: 24, height: 24, layout: .grey),
                to: "\(folder)/annotations/trimaps/\(name).png")
        }
        for (list, text) in lists {
            try place.write(text, to: "\(folder)/annotations/\(list).txt")
        }
    }

    private static func pet(_ number: Int, isCat: Bool) -> (picture: Image, trimap: [UInt8]) {
        var random = RandomStream(seed: 1, purpose: .split, index: number)
        let (x, y) = (8 + random.integer(below: 8), 8 + random.integer(below: 8))
        var pixels: [UInt8] = []
        var trimap: [UInt8] = []
        for row in 0..<24 {
            for column in 0..<24 {
                let distance = (row - y) * (row - y) + (column - x) * (column - x) * 2
                trimap.append(distance < 36 ? 1 : distance < 56 ? 3 : 2)
                let noise = UInt8(random.integer(below: 90))
                let colour: [UInt8] = isCat ? [230, 150, 40] : [60, 90, 220]
                pixels += distance < 46 ? colour : [noise, noise, noise]
            }
        }
        return (Image(width: 24, height: 24, pixels: pixels), trimap)
    }
}

/// A finished run in a workplace.
struct TrainedRun: Sendable {
    let place: Workplace
    /// The run folder, relative to the workplace.
    let name: String
    let outcome: Outcome

    var best: String { "\(name)/\(RunFile.bestCheckpoint)" }
    var last: String { "\(name)/\(RunFile.lastCheckpoint)" }
    func file(_ file: String) -> String { "\(name)/\(file)" }
}

/// Expects figures to be there and to be the very same: neither the batch a picture was computed in
/// nor the command that computed it changes a bit.
func expectEqualFigures(
    _ a: [Double?], _ b: [Double?], within tolerance: Double = 0,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(a.count == b.count && !a.isEmpty, sourceLocation: sourceLocation)
    for (x, y) in zip(a, b) {
        guard let x, let y else {
            Issue.record("\(x as Any) and \(y as Any)", sourceLocation: sourceLocation)
            continue
        }
        #expect(abs(x - y) <= tolerance, sourceLocation: sourceLocation)
    }
}

/// Expects all arrays of two weight files to be equal bit for bit.
func expectSameWeights(
    _ a: String, _ b: String, _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let (first, second) = (try SafetensorsFile(path: a), try SafetensorsFile(path: b))
    let names = first.entries.map(\.name)
    #expect(!names.isEmpty, sourceLocation: sourceLocation)
    #expect(names == second.entries.map(\.name), comment, sourceLocation: sourceLocation)
    let different = try names.filter { name in
        let (x, y) = (try #require(first[name]), try #require(second[name]))
        let same = try x.bytes() == y.bytes()
        return x.shape != y.shape || !same
    }
    #expect(different == [], comment, sourceLocation: sourceLocation)
}

/// The rows of a run's history without the columns that tell time, after checking both files.
func timelessHistory(_ place: Workplace, _ run: String) throws -> [JSONValue] {
    let rows = try History.read(folder: place.file(run))
    let table = try place.text("\(run)/\(RunFile.historyTable)").split(separator: "\n")
    #expect(table.count == rows.count + 1, "the table has other rows than the lines")
    for (line, row) in zip(table.dropFirst(), rows) {
        #expect(line.hasPrefix("\(row.epoch),\(row.step),"))
    }
    return rows.map { row in
        var row = row
        (row.imagesPerSecond, row.seconds) = (nil, nil)
        return row.json
    }
}

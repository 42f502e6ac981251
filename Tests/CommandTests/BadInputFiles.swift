import Datasets
import Foundation
import Inference
import NN
import Support
import Tensor
import Train

/// The files that the table of bad input works on.
enum BadInputFiles {
    static func write(to place: Workplace) throws {
        try place.write(Samples.configuration, to: "tiny.yaml")
        try place.write(
            """
            epochs: many
            batchsize: 16
            data: {name: shape}
            model:
              name: resnet20
            optimizer: {name: adamw, momentum: 0.9}
            """, to: "mistakes.yaml")
        try place.write("epochs: 3\n  data: {name: shapes\n", to: "broken.yaml")
        try writePictures(to: place)
        try writePhotos(to: place)
        try writeModels(to: place)
        try writeRuns(to: place)
    }

    // MARK: Pictures

    /// A PNG of 60000 × 60000 pixels in a hundred bytes, as far as its header goes.
    static let bomb: [UInt8] = {
        var bytes = encodePNG(Image(width: 2, height: 2, pixels: [UInt8](repeating: 7, count: 12)))
        let side: [UInt8] = [0, 0, 0xEA, 0x60]
        bytes.replaceSubrange(16..<24, with: side + side)
        let check = crc32(bytes[12..<29])
        bytes.replaceSubrange(29..<33, with: (0..<4).map { UInt8(check >> (24 - 8 * $0) & 0xFF) })
        return bytes
    }()

    static let gif = Array("GIF89a".utf8) + [1, 0, 1, 0, 0, 0, 0, 0x3B]

    static func cutJPEG() throws -> [UInt8] {
        let bytes = encodeJPEG(try Samples.picture(0))
        return Array(bytes.prefix(bytes.count / 2))
    }

    private static func writePictures(to place: Workplace) throws {
        let png = encodePNG(try Samples.picture(0))
        for (name, bytes) in [
            ("good.png", png), ("cut.png", Array(png.prefix(png.count / 2))), ("empty.png", []),
            ("cut.jpg", try cutJPEG()), ("moving.jpg", gif), ("bomb.png", bomb),
        ] {
            try place.write(bytes, to: "pictures/\(name)")
        }
    }

    /// The checksum of PNG chunks.
    private static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        ~bytes.reduce(UInt32.max) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in
                value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0)
            }
        }
    }

    private static func writePhotos(to place: Workplace) throws {
        for folder in ["photos", "hollow", "strange", "torn"] {
            try Samples.writePhotos(to: place, folder: folder, parts: ["train", "test"], count: 10)
        }
        try Samples.writePets(to: place, root: "pets", train: 20, test: 4)
        try Samples.writePets(to: place, root: "twins", train: 8, test: 4)
        let twins = "twins/oxford-iiit-pet"
        try place.write(
            try place.bytes("\(twins)/images/beagle_1.jpg"), to: "\(twins)/images/beagle_9.jpg")
        try FileManager.default.removeItem(atPath: place.file("\(twins)/annotations/trimaps"))
        try place.makeFolder("hollow/train/empty")
        try place.write([1], to: "strange/test/disk/0.jpg")
        try place.write(try cutJPEG(), to: "torn/train/disc/3.jpg")
    }

    // MARK: Models

    private static func description(
        model: String = "resnet20",
        unit: Target.Unit = .picture,
        classNames: [String] = ShapesDataset(split: .test, count: 1).classNames,
        fingerprint: String = ShapesDataset(split: .train, count: 96).fingerprint
    ) throws -> ModelDescription {
        ModelDescription(
            modelName: model, batchNormEpsilon: 1e-5,
            tasks: [Target(name: "class", classNames: classNames, unit: unit)],
            preprocessing: Preprocessing(
                resize: .exact(16, .bilinear), mean: [0.5, 0.5, 0.5],
                standardDeviation: [0.25, 0.25, 0.25]),
            dataName: "shapes", dataFingerprint: fingerprint,
            configuration: try Configuration.parse(Samples.configuration, file: "tiny.yaml")
                .resolvedYAML(withOrigins: false))
    }

    private static func writeModels(to place: Workplace) throws {
        try place.makeFolder("models")
        let model = try ModelRegistry.make("resnet20", classCount: 10, seed: 1)
        func write(
            _ name: String, _ description: ModelDescription, of model: any PredictionModel
        ) throws {
            try ModelFile.write(model, description, to: place.file("models/\(name).safetensors"))
        }
        try write("good", description(), of: model)
        try write("unknown", description(model: "resnet21"), of: model)
        try write("classes", description(classNames: ["a", "b", "c"]), of: model)
        try write(
            "two", description(classNames: ["cross", "disc"]),
            of: try ModelRegistry.make("resnet20", classCount: 2, seed: 1))
        try write(
            "pixels", description(model: "unet-resnet18", unit: .pixel),
            of: try ModelRegistry.make("unet-resnet18", classCount: 10, seed: 1))
        let diverged = try ModelRegistry.make("resnet20", classCount: 10, seed: 1)
        diverged.parameters[0].value = Tensor(
            repeating: .nan, shape: diverged.parameters[0].value.shape)
        try write("diverged", description(), of: diverged)

        let good = SafetensorsBytes(try place.bytes("models/good.safetensors"))
        for (name, bytes) in try damaged(good, model: model) {
            try place.write(bytes, to: "models/\(name).safetensors")
        }
    }

    private static func damaged(
        _ good: SafetensorsBytes, model: any PredictionModel
    ) throws -> [(name: String, bytes: [UInt8])] {
        let entries = model.stateDict()
        var flipped = good.bytes
        flipped[9] ^= 1
        let metadata = try description().withVersion("99")
        return [
            ("cut-0", []), ("cut-5", Array(good.bytes.prefix(5))),
            ("cut-header", Array(good.bytes.prefix(1000))),
            ("cut-data", Array(good.bytes.dropLast(4321))),
            ("longer", good.bytes + [0, 0, 0]),
            ("huge", [UInt8](repeating: 0xFF, count: 8) + good.bytes.dropFirst(8)),
            ("flipped", flipped),
            ("type", good.replacing("\"dtype\":\"F32\"", with: "\"dtype\":\"F31\"")),
            ("width", good.replacing("\"dtype\":\"F32\"", with: "\"dtype\":\"F64\"")),
            ("garbled", good.replacing("\"residual.model\":\"{", with: "\"residual.model\":\"<")),
            ("newer", try SafetensorsFile.serialized(entries, metadata: metadata)),
            ("bare", try SafetensorsFile.serialized(entries, metadata: [("format", "pt")])),
            (
                "shortened",
                try SafetensorsFile.serialized(
                    entries.filter { $0.key != "layer2.0.conv1.weight" },
                    metadata: metadata.map { $0.key == versionKey ? ($0.key, "1") : $0 })
            ),
        ]
    }

    // MARK: Runs

    /// The data of the sample configuration.
    static func data() throws -> TrainingData {
        let fixed = ["data.mean=[0.5, 0.5, 0.5]", "data.std=[0.2, 0.2, 0.2]"]
        return try TrainingData(
            try Configuration.parse(
                Samples.configuration, file: "tiny.yaml", overrides: fixed
            ).values, cacheFolder: "")
    }

    private static func writeRuns(to place: Workplace) throws {
        let saved = try Configuration.parse(Samples.configuration, file: "tiny.yaml")
            .resolvedYAML(withOrigins: false)
        for name in ["damaged", "stateless", "moved", "recordless", "elsewhere"] {
            try place.write(saved, to: "\(name)/\(RunFile.configuration)")
            try place.makeFolder("\(name)/checkpoints")
            try place.makeFolder("\(name)/tensorboard")
        }
        let good = try place.bytes("models/good.safetensors")
        try place.write(Array(good.dropLast(1)), to: "damaged/\(RunFile.lastCheckpoint)")
        let model = try ModelRegistry.make("resnet20", classCount: 10, seed: 1)
        try ModelFile.write(
            model, try description(fingerprint: data().fingerprint),
            to: place.file("stateless/\(RunFile.lastCheckpoint)"))
        try ModelFile.write(
            model, try description(fingerprint: String(repeating: "0123456789abcdef", count: 4)),
            to: place.file("moved/\(RunFile.lastCheckpoint)"))
        let hash = String(repeating: "0123456789abcdef", count: 4)
        try place.write(
            #"{"epoch":1,"step":5,"weights_sha256":"\#(hash)"}"# + "\n",
            to: "elsewhere/\(RunFile.historyLines)")
        try place.write(
            #"{"data_fingerprint":"\#(hash)"}"#, to: "elsewhere/\(RunFile.environment)")
        try writePredictions(to: place)
    }

    /// Tables of predictions that differ in what makes a comparison senseless.
    private static func writePredictions(to place: Workplace) throws {
        let header = "index,name,label,predicted,confidence,probability_cat,probability_dog\n"
        let first = "0,a.png,cat,cat,0.75,0.75,0.25\n"
        for (name, text) in [
            ("a", header + first + "1,b.png,dog,dog,0.5,0.5,0.5\n"),
            ("fewer", header + first),
            ("classes", header.replacingOccurrences(of: "dog", with: "fox")),
            ("names", header + first + "1,c.png,dog,dog,0.5,0.5,0.5\n"),
            ("labels", header + first + "1,b.png,cat,dog,0.5,0.5,0.5\n"),
            ("torn", header + first + "1,b.png,do"),
        ] {
            try place.write(text, to: "measured/\(name)/\(RunFile.predictions)")
        }
        let pairs = ["pet_pet", "pet_sky", "sky_pet", "sky_sky"].map { ",pixels_\($0)" }
        let pixels = "index,name,loss_pet,loss_sky"
        for (name, text) in [
            ("pixels", pixels + pairs.joined() + "\n0,a.png,2.5,1,30,10,5,55\n"),
            ("larger", pixels + pairs.joined() + "\n0,a.png,10,4,120,40,20,220\n"),
            ("pairs", pixels + pairs.dropLast().joined() + "\n0,a.png,2.5,1,30,10,5\n"),
            ("counts", pixels + pairs.joined() + "\n0,a.png,2.5,1,30,-10,5,55\n"),
        ] {
            try place.write(text, to: "measured/\(name)/\(RunFile.predictions)")
        }
    }
}

let versionKey = "residual.version"

extension ModelDescription {
    /// The metadata of a file with this description, under another version.
    fileprivate func withVersion(_ version: String) throws -> [(key: String, value: String)] {
        let place = try Workplace()
        let model = try ModelRegistry.make(modelName, classCount: 2, seed: nil)
        try ModelFile.write(model, self, to: place.file("any.safetensors"))
        return try SafetensorsFile(path: place.file("any.safetensors")).metadata.map {
            $0.key == versionKey ? ($0.key, version) : $0
        }
    }
}

/// The bytes of a safetensors file, whose header can be changed.
struct SafetensorsBytes {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private var headerEnd: Int { 8 + bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) } }

    /// The file with the first `old` in the header replaced by something as long.
    func replacing(_ old: String, with new: String) -> [UInt8] {
        let header = String(decoding: bytes[8..<headerEnd], as: UTF8.self)
        guard old.utf8.count == new.utf8.count, let range = header.range(of: old) else {
            fatalError("the header has no '\(old)': \(header.prefix(500))")
        }
        let changed = header.replacingCharacters(in: range, with: new)
        return bytes[..<8] + Array(changed.utf8) + bytes[headerEnd...]
    }
}

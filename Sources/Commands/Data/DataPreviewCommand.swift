import ArgumentParser
import Datasets
import Support
import Train

/// `residual data preview`.
struct DataPreviewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract: "Draw what the model sees in training: augmented pictures with their classes.",
        discussion: """
            One row a picture, one column an epoch. Mixed pictures have both classes with their shares.

              residual data preview configs/cifar10-cnn.yaml --output sheet.png
              residual data preview pets.yaml augmentation.trivial_augment=true --epochs 8
            """)

    @Argument(help: "The YAML file.", completion: .file(extensions: ["yaml", "yml"]))
    var config: String

    @Argument(help: "Changes to the file: key=value.")
    var overrides: [String] = []

    @Option(help: "The PNG file to write.", completion: .file(extensions: ["png"]))
    var output = "preview.png"

    @Option(help: "Pictures, spread over the training part.")
    var samples = 8

    @Option(help: "Epochs of each.")
    var epochs = 6

    func validate() throws {
        for (name, value) in [("samples", samples), ("epochs", epochs)]
        where !(1...100).contains(value) {
            throw ValidationError("--\(name) \(value): expected a number from 1 to 100.")
        }
    }

    func run() throws {
        do {
            let configuration = try Configuration.load(contentsOf: config, overrides: overrides)
                .values
            let data = try TrainingData(configuration, cacheFolder: Folders.cache)
            let sheet = try data.preview(configuration, samples: samples, epochs: epochs)
            try AtomicFile.write(encodePNG(sheet), to: output)
            Terminal.print("\(output): \(sheet.width)×\(sheet.height) pixels")
        } catch {
            throw Failure.report(error, error is ConfigurationError ? Failure.usage : Failure.work)
        }
    }
}

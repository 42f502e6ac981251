import ArgumentParser
import NN
import Support
import Tensor

/// `residual models`.
struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "List the models, or show one of them stage by stage.",
        discussion: """
              residual models
              residual models resnet50 --size 224 --layers
            """)

    @Argument(help: "The model to show.")
    var name: String?

    @Option(help: "Height and width of the pictures. Default: the model's own.")
    var size: Int?

    @Option(help: "The number of classes. Default: 1000, for 32×32 models 10, for segmentation 21.")
    var classes: Int?

    @Flag(help: "Show every layer.")
    var layers = false

    func validate() throws {
        if let size, !(1...8192).contains(size) {
            throw ValidationError("--size \(size): expected 1 to 8192.")
        }
        if let classes, classes < 1 {
            throw ValidationError("--classes \(classes): expected at least 1.")
        }
    }

    func run() throws {
        do {
            if let name {
                Terminal.print(try summary(of: name).table(layers: layers))
                return
            }
            var table = TextTable([
                ("model", .left), ("size", .right), ("parameters", .right),
                ("multiply-adds", .right),
            ])
            for name in ModelRegistry.names {
                let summary = try summary(of: name)
                table.add([
                    name, "\(summary.inputShape[1])", Format.magnitude(summary.parameterCount),
                    Format.magnitude(summary.multiplyAdds),
                ])
            }
            Terminal.print(table.text)
        } catch {
            throw Failure.report(error, Failure.usage)
        }
    }

    private func summary(of name: String) throws -> ModelSummary {
        let side = try ModelRegistry.defaultInputSize(of: name).height
        let model = try ModelRegistry.make(
            name, classCount: classes ?? ModelRegistry.defaultClassCount(of: name), seed: nil)
        return ModelSummary(of: model, input: [1, size ?? side, size ?? side, 3])
    }
}

import ArgumentParser
import Datasets
import Foundation
import Inference
import Support
import Tensor

/// `residual predict`.
struct PredictCommand: ParsableCommand {
    enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
        case table, csv, json
    }

    static let configuration = CommandConfiguration(
        commandName: "predict",
        abstract: "Classify pictures with a trained model.",
        discussion: """
              residual predict best.safetensors cat.jpg
              residual predict runs/20260101-120000-pets photos/ --format csv > predictions.csv
              cat cat.jpg | residual predict best.safetensors -

            Folders are searched for JPEG and PNG files. A picture that cannot be read is named on \
            standard error; the others are classified, and the exit status is 1.
            """)

    @Argument(help: "A checkpoint, or a run's folder (its best checkpoint, else the last).")
    var model: String

    @Argument(help: "Pictures, folders of pictures, or - for one picture on standard input.")
    var inputs: [String]

    @Option(help: "How many classes to name for each picture.")
    var topK: Int = 3

    @Option(help: "table, csv (all classes) or json (all classes).")
    var format: OutputFormat = .table

    @Option(
        help:
            "Which of the model's tasks, where it has several. Default: the first about pictures."
    )
    var task: String?

    @Option(help: "Threads that compute. Default: all cores.")
    var threads: Int?

    func validate() throws {
        if topK < 1 { throw ValidationError("--top-k \(topK): expected at least 1.") }
        try Threads.validate(threads)
    }

    func run() throws {
        let classifier: Classifier
        let paths: [String]
        do {
            let file = try ModelFile(model)
            Threads.apply(threads, file.description.numerics)
            classifier = try Classifier(file: file, task: task)
            paths = try inputs.flatMap(PictureFiles.find)
        } catch {
            throw Failure.report(error)
        }
        let writer = PredictionWriter(
            format: format, topK: topK, classNames: classifier.description.classNames)
        var failed = 0
        for path in paths {
            do {
                let image = try decodeImage(
                    try PictureFiles.read(path), limits: .standard, name: path)
                writer.add(path, classifier.probabilities(of: image))
            } catch {
                Terminal.note("\(error)")
                failed += 1
            }
        }
        writer.finish()
        if failed > 0 {
            Terminal.note("\(failed) of \(paths.count) could not be read")
            throw Failure.work
        }
    }
}

/// Where pictures come from.
enum PictureFiles {
    private static let extensions = ["jpg", "jpeg", "jpe", "jfif", "png"]

    /// The pictures that an argument names, sorted.
    static func find(_ argument: String) throws -> [String] {
        if argument == "-" { return [argument] }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder) else {
            throw FileError(path: argument, message: "there is no such file or folder")
        }
        guard isFolder.boolValue else { return [argument] }
        let names = FileManager.default.enumerator(atPath: argument)?.compactMap { $0 as? String }
        let pictures = (names ?? []).filter { name in
            !name.split(separator: "/").contains { $0.hasPrefix(".") }
                && extensions.contains { name.lowercased().hasSuffix("." + $0) }
        }
        guard !pictures.isEmpty else {
            throw FileError(path: argument, message: "holds no JPEG or PNG files")
        }
        return pictures.sorted().map {
            argument.hasSuffix("/") ? argument + $0 : "\(argument)/\($0)"
        }
    }

    /// The bytes of a picture; `-` is standard input.
    static func read(_ path: String) throws -> [UInt8] {
        if path == "-" { return Array(FileHandle.standardInput.readDataToEndOfFile()) }
        return try Files.read(path)
    }
}

/// Prints predictions as they come.
final class PredictionWriter {
    private let format: PredictCommand.OutputFormat
    private let topK: Int
    private let classNames: [String]
    private var table = TextTable([
        ("picture", .left), ("class", .left), ("probability", .right), ("next", .left),
    ])
    private var documents: [JSONValue] = []

    init(format: PredictCommand.OutputFormat, topK: Int, classNames: [String]) {
        self.format = format
        self.topK = topK
        self.classNames = classNames
        if format == .csv {
            Terminal.print(
                (["picture", "class", "probability"] + classNames).map(quoted).joined(
                    separator: ","))
        }
    }

    func add(_ path: String, _ probabilities: [Float]) {
        let order = probabilities.indices.sorted {
            (-probabilities[$0], $0) < (-probabilities[$1], $1)
        }
        let best = order[0]
        switch format {
        case .table:
            let next = order.dropFirst().prefix(topK - 1).map {
                "\(classNames[$0]) \(Format.fixed(Double(probabilities[$0]), 4))"
            }
            table.add([
                path, classNames[best], Format.fixed(Double(probabilities[best]), 4),
                next.joined(separator: ", "),
            ])
        case .csv:
            let numbers = probabilities.map { "\($0)" }
            Terminal.print(
                ([quoted(path), quoted(classNames[best]), "\(probabilities[best])"] + numbers)
                    .joined(separator: ","))
        case .json:
            let all = zip(classNames, probabilities).map { (key: $0, value: $1.json) }
            documents.append([
                "picture": .string(path), "class": .string(classNames[best]),
                "probability": probabilities[best].json, "probabilities": .object(all),
            ])
        }
    }

    func finish() {
        switch format {
        case .table: Terminal.print(table.text)
        case .csv: break
        case .json: Terminal.print(JSONValue.array(documents).serialized(pretty: true))
        }
    }

    /// A field of RFC 4180.
    private func quoted(_ text: String) -> String {
        guard text.contains(where: { "\",\r\n".contains($0) }) else { return text }
        return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }
}

extension Float {
    /// The number by its shortest decimal form that reads back to the same `Float`.
    var json: JSONValue { Double("\(self)").map { .number($0) } ?? .null }
}

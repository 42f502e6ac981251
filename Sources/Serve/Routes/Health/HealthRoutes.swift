import Hummingbird
import Support

/// `GET /health` and `GET /model_info`: answered from memory, never behind inference.
func healthRoutes(_ services: Services) -> [Route] {
    let model = services.classifier.information
    return [
        .get("/health") { _, _ in .json(healthBody(model)) },
        .get("/model_info") { _, _ in .json(modelInformationBody(model)) },
    ]
}

private func healthBody(_ model: ModelInformation) -> JSONValue {
    [
        "status": "healthy", "model_loaded": true, "model_name": .string(model.name),
        "device": .string(model.device),
    ]
}

private func modelInformationBody(_ model: ModelInformation) -> JSONValue {
    let stages = model.stages.map { stage -> JSONValue in
        ["name": .string(stage.name), "output_shape": shape(stage.outputShape)]
    }
    return [
        "model_name": .string(model.name),
        "architecture": .string(model.architecture),
        "parameter_count": .integer(model.parameterCount),
        "input_size": shape([model.inputSize.height, model.inputSize.width]),
        "stages": .array(stages),
        "checkpoint": model.checkpoint.map { .string($0) } ?? .null,
        "classes": .array(model.classNames.map { .string($0) }),
        "preprocessing": model.preprocessing,
        "device": .string(model.device),
    ]
}

/// Axis lengths as a JSON array.
func shape(_ lengths: [Int]) -> JSONValue {
    .array(lengths.map { .integer($0) })
}

import Hummingbird
import Support

/// `POST /predict` and `POST /classify/image`: one uploaded image, one answer, two shapes of it.
func classificationRoutes(_ services: Services) -> [Route] {
    [
        .post("/predict") { request, context in
            let answer = try await classification(of: request, context, services)
            return .json(predictBody(answer, services.classifier.information, context))
        },
        .post("/classify/image") { request, context in
            let answer = try await classification(of: request, context, services)
            return .json(classifyBody(answer, services.classifier.information))
        },
    ]
}

/// Reads the upload and classifies it, unless the client hangs up first.
private func classification(
    of request: Request, _ context: ServeContext, _ services: Services
) async throws -> Classification {
    let limit = services.configuration.maximumUploadBytes
    let upload = try await request.imageUpload(upTo: limit)
    return try await services.connections.cancellingOnHangUp(of: context.channel) {
        try await services.classifier.classify(upload)
    }
}

private func predictBody(
    _ answer: Classification, _ model: ModelInformation, _ context: ServeContext
) -> JSONValue {
    [
        "label": .string(model.classNames[answer.bestClass]),
        "scores": scores(answer, model),
        "meta": [
            "model": .string(model.name),
            "input_size": shape([model.inputSize.height, model.inputSize.width]),
            "preprocessing": model.preprocessing,
            "milliseconds": JSONValue(
                millisecondsOf: (ContinuousClock.now - context.start).seconds),
            "preprocess_milliseconds": JSONValue(millisecondsOf: answer.preparationSeconds),
            "queue_milliseconds": JSONValue(millisecondsOf: answer.queueSeconds),
            "predict_milliseconds": JSONValue(millisecondsOf: answer.predictionSeconds),
            "batch_size": .integer(answer.batchSize),
            "request_id": .string(context.requestID),
        ],
    ]
}

private func classifyBody(_ answer: Classification, _ model: ModelInformation) -> JSONValue {
    let best = answer.bestClass
    return [
        "class": .string(model.classNames[best]),
        "confidence": JSONValue(shortest: answer.probabilities[best]),
        "all_probabilities": scores(answer, model),
    ]
}

/// Class name → probability, in class order.
private func scores(_ answer: Classification, _ model: ModelInformation) -> JSONValue {
    .object(
        zip(model.classNames, answer.probabilities).map {
            (key: $0, value: JSONValue(shortest: $1))
        })
}

extension Classification {
    /// The class with the largest probability, the first of them on a tie.
    fileprivate var bestClass: Int {
        probabilities.indices.reduce(0) { probabilities[$1] > probabilities[$0] ? $1 : $0 }
    }
}

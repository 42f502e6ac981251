import Support

/// A classifier as the server sees it: facts, preparation of one image, one forward pass for many.
///
/// `prepare` runs on one of the preparation threads, `predict` on the one inference thread, so both
/// may block; neither is ever called on an event loop or on the cooperative pool.
public protocol ServedModel: Sendable {
    /// One prepared image, ready to be put in a batch with others.
    associatedtype Input: Sendable

    /// What `/model_info` and the `meta` of an answer say about the model.
    var information: ModelInformation { get }

    /// Decodes an uploaded file and applies the preprocessing saved with the model.
    ///
    /// - Throws: `ImageRejection` when the upload is at fault; anything else counts as our fault.
    func prepare(_ bytes: [UInt8], limits: ImageLimits) throws -> Input

    /// The probabilities of each input, in class order, by one forward pass.
    ///
    /// The answer has one row per input, in the same order, with one value per class.
    func predict(_ inputs: [Input]) throws -> [[Float]]
}

/// Facts about a served model that never change while it is served.
public struct ModelInformation: Sendable {
    /// A named part of the model and the shape it hands on.
    public struct Stage: Sendable, Equatable {
        /// The name in weight files, such as `layer4`.
        public var name: String
        /// The output for one image, channels first and without the batch axis: `[2048, 7, 7]`.
        public var outputShape: [Int]

        /// Creates a stage.
        public init(name: String, outputShape: [Int]) {
            self.name = name
            self.outputShape = outputShape
        }
    }

    /// The name under which the model is served; the `model` label of the metrics.
    public var name: String
    /// The architecture, such as `resnet50`.
    public var architecture: String
    /// The number of trained values.
    public var parameterCount: Int
    /// Height and width of the images that the model sees after preprocessing.
    public var inputSize: (height: Int, width: Int)
    /// The stages in order.
    public var stages: [Stage]
    /// The file the weights came from, if any.
    public var checkpoint: String?
    /// The class names; their order is that of the probabilities.
    public var classNames: [String]
    /// The preprocessing saved with the model, for people to read.
    public var preprocessing: JSONValue
    /// The device that computes, such as `cpu`.
    public var device: String

    /// Creates the description of a model.
    public init(
        name: String, architecture: String, parameterCount: Int,
        inputSize: (height: Int, width: Int), stages: [Stage], checkpoint: String?,
        classNames: [String], preprocessing: JSONValue, device: String = "cpu"
    ) {
        self.name = name
        self.architecture = architecture
        self.parameterCount = parameterCount
        self.inputSize = inputSize
        self.stages = stages
        self.checkpoint = checkpoint
        self.classNames = classNames
        self.preprocessing = preprocessing
        self.device = device
    }
}

/// What an uploaded image may cost once decoded.
public struct ImageLimits: Sendable, Equatable {
    /// The largest width × height that is decoded.
    public var maximumPixels: Int

    /// Creates limits.
    public init(maximumPixels: Int) {
        self.maximumPixels = maximumPixels
    }
}

/// Why an uploaded file cannot be classified; always the client's side of the exchange.
public enum ImageRejection: Error, Equatable {
    /// The bytes are no image that the decoder reads; the text says what is wrong with them.
    case undecodable(String)
    /// The image has more pixels than the limit allows.
    case tooManyPixels(width: Int, height: Int, limit: Int)
}

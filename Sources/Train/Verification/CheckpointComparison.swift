import NN
import Support

/// Two `last.safetensors` of one configuration, compared in everything that training goes on from:
/// weights, optimiser, and state but for the times in it.
public struct CheckpointComparison: Sendable {
    /// The tensors of the model and those of the optimiser.
    public let modelCount: Int, optimizerCount: Int
    /// The hash of the weights of each.
    public let hashes: [String]
    /// The tensors that differ or that only one has, in the order of the file.
    public let differentTensors: [String]
    /// The largest difference in the first of them; nil where it is none of numbers.
    public let largestInFirst: Double?
    /// The parts of the training state that differ.
    public let differentState: [String]

    /// Whether every bit that decides how training goes on is the same.
    public var isSame: Bool { differentTensors.isEmpty && differentState.isEmpty }

    /// Reads both files.
    public init(_ first: String, _ second: String) throws {
        let files = [try SafetensorsFile(path: first), try SafetensorsFile(path: second)]
        hashes = try files.map { try WeightDigests(of: $0).sha256 }
        let keys = files[0].entries.map(\.name)
        optimizerCount = keys.count { $0.hasPrefix("training.") }
        modelCount = keys.count - optimizerCount
        var different: [String] = []
        for key in keys {
            guard let a = files[0][key], let b = files[1][key], a.shape == b.shape else {
                different.append(key)
                continue
            }
            if try a.bytes() != b.bytes() { different.append(key) }
        }
        different += files[1].entries.map(\.name).filter { files[0][$0] == nil }
        differentTensors = different
        largestInFirst = try different.first.flatMap {
            try WeightDifference.largest(files[0][$0], files[1][$0])
        }
        differentState = Self.differences(try Self.state(files[0]), try Self.state(files[1]))
    }

    /// What of a state tells time or memory, not training.
    private static let volatile: Set<String> = [
        "seconds", "epoch_seconds", "images_per_second", "peak_memory_bytes",
    ]

    private static func state(_ file: SafetensorsFile) throws -> JSONValue {
        guard let text = file.metadata("residual.training") else {
            throw FileError(path: file.path, message: "holds no training state")
        }
        return try JSONValue.parse(text)
    }

    private static func differences(_ a: JSONValue, _ b: JSONValue) -> [String] {
        (a.members ?? []).compactMap { key, value in
            guard !volatile.contains(key), timeless(value) != b[key].map(timeless) else {
                return nil
            }
            return key
        }
    }

    private static func timeless(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): .array(elements.map(timeless))
        case .object(let members):
            .object(
                members.filter { !volatile.contains($0.key) }.map { ($0.key, timeless($0.value)) })
        default: value
        }
    }
}

/// Where training stood when a `last.safetensors` was saved.
public struct CheckpointMoment: Sendable {
    /// The updates made.
    public let step: Int
    /// Whether the epoch under way had begun.
    public let isInsideEpoch: Bool

    /// Reads the header of the file at `path`.
    public init(_ path: String) throws {
        let file = try SafetensorsFile(path: path)
        guard let text = file.metadata("residual.training"),
            let state = TrainingState(json: try JSONValue.parse(text))
        else { throw FileError(path: path, message: "holds no training state") }
        step = state.step
        isInsideEpoch = state.batch > 0
    }
}

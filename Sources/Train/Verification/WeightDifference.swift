import NN
import Support

/// Where two sets of weights that should be the same are not.
public struct WeightDifference: Sendable {
    /// The tensors that differ, in the order of the model; empty where only the whole was hashed.
    public let keys: [String]
    /// The number of tensors of the model.
    public let tensorCount: Int
    /// The largest difference between two values of the first of `keys`; nil where its recorded values
    /// are not kept, or are no numbers.
    public let largestInFirst: Double?

    init(
        _ record: RecordedWeights.Record, _ digests: WeightDigests, of model: some Module
    ) throws(SafetensorsError) {
        let tensors = record.tensors
        keys = digests.entries.filter { entry in
            guard let tensors else { return false }
            guard let known = tensors[entry.key] else { return true }
            return !entry.sha256.hasPrefix(known)
        }.map(\.key)
        tensorCount = digests.entries.count
        guard let path = record.path, let first = keys.first else {
            largestInFirst = nil
            return
        }
        let now = model.stateDict().first { $0.key == first }?.entry
        let then = try SafetensorsFile(path: path)[first]
        largestInFirst = try Self.largest(then, now)
    }

    /// The largest |a − b|.
    static func largest(_ a: StateEntry?, _ b: StateEntry?) throws(SafetensorsError) -> Double? {
        guard let a, let b, a.shape == b.shape else { return nil }
        let differences = zip(try a.floats(), try b.floats()).map { abs(Double($0) - Double($1)) }
        guard differences.allSatisfy(\.isFinite) else { return nil }
        return differences.max()
    }

    /// `3 of 122 tensors differ; the first is fc.bias, by up to 1e-06`.
    public var text: String {
        guard let first = keys.first else { return "which tensors differ was not recorded" }
        let amount = largestInFirst.map { ", by up to \(NumberText.short($0))" } ?? ""
        return "\(keys.count) of \(tensorCount) tensors \(keys.count == 1 ? "differs" : "differ"); "
            + "the first is \(first)\(amount)"
    }

    var json: JSONValue {
        [
            "tensors": .array(keys.map(JSONValue.string)), "tensor_count": .integer(tensorCount),
            "largest_in_first": largestInFirst.map(JSONValue.number) ?? .null,
        ]
    }
}

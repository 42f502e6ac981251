import Datasets
import NN

/// The SHA-256 of every weight and statistic of a model, and one of them all.
///
/// Hashed are the bytes as they lie in a weight file (torchvision's names and layouts, little-endian),
/// so that a file and a model in memory have the same digests, and anybody can compute them:
///
///     lines = "<sha256 of the tensor's bytes>  <key>\n" for each key, in the order of the keys' bytes
///     sha256 = SHA-256(lines)
///
/// State that only training needs (`training.…`) does not take part.
public struct WeightDigests: Sendable, Equatable {
    /// One tensor.
    public struct Entry: Sendable, Equatable {
        /// Its key in weight files.
        public let key: String
        /// 64 hexadecimal digits.
        public let sha256: String
    }

    /// The tensors in the order in which the model declares them.
    public let entries: [Entry]
    /// One digest for all: 64 hexadecimal digits.
    public let sha256: String

    /// Hashes a model as it is now.
    public init(of model: some Module) throws(SafetensorsError) {
        try self.init(model.stateDict())
    }

    /// Hashes the model in a weight file.
    public init(of file: SafetensorsFile) throws(SafetensorsError) {
        try self.init(file.stateDict().filter { !$0.key.hasPrefix("training.") })
    }

    private init(_ state: [(key: String, entry: StateEntry)]) throws(SafetensorsError) {
        var entries: [Entry] = []
        for (key, entry) in state {
            entries.append(Entry(key: key, sha256: Datasets.sha256(of: try entry.bytes())))
        }
        self.entries = entries
        let lines = entries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .map { "\($0.sha256)  \($0.key)\n" }.joined()
        sha256 = Datasets.sha256(of: Array(lines.utf8))
    }
}

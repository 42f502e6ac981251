/// What a model took over from a weight file, and what starts anew.
public struct LoadedTrunk: Sendable, Equatable, CustomStringConvertible {
    /// An entry that the file has in another shape.
    public struct Restarted: Sendable, Equatable {
        /// The entry's name.
        public var key: String
        /// Its shape in the model, and in the file.
        public var shape: [Int], inFile: [Int]
    }

    /// The file or run folder.
    public var path: String
    /// Which of the file's weights were taken.
    public var weights = ModelWeights.raw
    /// The number of entries taken over.
    public var loadedCount = 0
    /// The entries that keep their first random values.
    public var restarted: [Restarted] = []

    /// `120 entries from best.safetensors; starting anew: fc.weight [37, 512] ([1000, 512] in the file)`.
    public var description: String {
        let source = weights == .ema ? "\(path) (moving average)" : path
        let anew = restarted.map { "\($0.key) \($0.shape) (\($0.inFile) in the file)" }
        return "\(loadedCount) entries from \(source)"
            + (anew.isEmpty ? "" : "; starting anew: \(anew.joined(separator: ", "))")
    }
}

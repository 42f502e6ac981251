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
    /// The entries that keep their first random values because they are for other classes.
    public var restarted: [Restarted] = []
    /// The parts that keep their first random values because the file has nothing for them, such as
    /// `decoder`; no part of the encoder is among them.
    public var missingParts: [String] = []
    /// The parts of the file that the model has nothing for, such as `fc`.
    public var unusedParts: [String] = []

    /// `120 entries from best.safetensors; starting anew: fc.weight [37, 512] ([1000, 512] in the file)`.
    public var description: String {
        let source = weights == .ema ? "\(path) (moving average)" : path
        let anew =
            restarted.map { "\($0.key) \($0.shape) (\($0.inFile) in the file)" } + missingParts
        return "\(loadedCount) entries from \(source)"
            + (anew.isEmpty ? "" : "; starting anew: \(anew.joined(separator: ", "))")
            + (unusedParts.isEmpty ? "" : "; not used: \(unusedParts.joined(separator: ", "))")
    }

    /// The part of a model that an entry belongs to: `decoder`, `heads.0`, `trunk.decoder`.
    static func part(of key: String) -> String {
        let path = key.split(separator: ".")
        let depth = ["trunk", "heads"].contains(path[0]) ? 2 : 1
        return path.prefix(depth).joined(separator: ".")
    }

    /// Whether an entry belongs to a part that the file has nothing for.
    func isMissing(_ key: String) -> Bool { missingParts.contains(Self.part(of: key)) }
}

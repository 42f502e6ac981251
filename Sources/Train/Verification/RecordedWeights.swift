import NN
import Support

/// What a run recorded about its weights: hashes and files, each with the moment it was taken at.
public struct RecordedWeights: Sendable {
    /// The weights at one moment, as one file of the run knows them.
    public struct Record: Sendable {
        /// The file, see `RunFile`.
        public let source: String
        /// The moment.
        public let moment: Moment
        /// The hash of all weights.
        public let sha256: String
        /// The first digits of the hash of each tensor; nil where only the whole was hashed.
        let tensors: [String: String]?
        /// The file that has the values; nil for a hash.
        let path: String?
    }

    /// A moment in a run at which its weights can be compared.
    public struct Moment: Sendable, Hashable {
        /// The epochs completed.
        public let epoch: Int
        /// The updates made.
        public let step: Int
        /// Whether the epoch's end was reached, and what it does to the weights was done.
        public let isEpochEnd: Bool
    }

    /// The records in the order of their moments.
    public let records: [Record]
    /// What a reader should know about them.
    public let notes: [String]

    /// Reads what the run in `folder` recorded.
    ///
    /// - Throws: An error about a file that is damaged. Files that are missing record nothing.
    public init(folder: String, usesLookahead: Bool) throws {
        var records: [Record] = []
        var notes: [String] = []
        let last = try Self.lastCheckpoint(in: folder)
        if fileExists("\(folder)/\(RunFile.historyLines)") {
            records += try History.read(folder: folder).compactMap(Self.record)
        }
        records += try Self.tensorRecords(in: folder)
        if let last { records.append(last.record) }
        if let best = try Self.bestCheckpoint(in: folder) { records.append(best) }
        if let state = last?.state, state.ending == Trainer.timeLimitEnding {
            // The clock ended this epoch; training again does not end it there.
            let end = Moment(epoch: state.epoch, step: state.step, isEpochEnd: true)
            if usesLookahead {
                records.removeAll { $0.moment == end }
                notes.append(
                    "The time limit ended the run, and the average of 'optimizer.lookahead' was taken "
                        + "then: its last weights cannot be made again.")
            } else {
                records = records.map { $0.moment == end ? $0.insideEpoch : $0 }
            }
        }
        self.records = records.enumerated().sorted {
            ($0.element.moment.order, $0.offset) < ($1.element.moment.order, $1.offset)
        }.map(\.element)
        self.notes = notes
    }

    // MARK: The files

    private static func record(_ row: HistoryRow) -> Record? {
        row.weightsHash.map { hash in
            Record(
                source: RunFile.historyLines,
                moment: Moment(epoch: row.epoch, step: row.step, isEpochEnd: true), sha256: hash,
                tensors: nil, path: nil)
        }
    }

    private static func tensorRecords(in folder: String) throws(FileError) -> [Record] {
        let (names, rows) = try WeightLog.read(folder: folder)
        return rows.map { row in
            Record(
                source: RunFile.weightHashes,
                moment: Moment(epoch: row.epoch, step: row.step, isEpochEnd: row.batch == 0),
                sha256: row.sha256,
                tensors: Dictionary(zip(names, row.tensors)) { first, _ in first }, path: nil)
        }
    }

    private static func lastCheckpoint(
        in folder: String
    ) throws -> (record: Record, state: TrainingState)? {
        let path = "\(folder)/\(RunFile.lastCheckpoint)"
        guard fileExists(path) else { return nil }
        let file = try SafetensorsFile(path: path)
        guard let text = file.metadata("residual.training"),
            let json = try? JSONValue.parse(text), let state = TrainingState(json: json)
        else { throw FileError(path: path, message: "holds no training state, or a damaged one") }
        let moment = Moment(epoch: state.epoch, step: state.step, isEpochEnd: state.batch == 0)
        return (try record(file, RunFile.lastCheckpoint, moment), state)
    }

    private static func bestCheckpoint(in folder: String) throws -> Record? {
        let path = "\(folder)/\(RunFile.bestCheckpoint)"
        guard fileExists(path) else { return nil }
        let file = try SafetensorsFile(path: path)
        guard let text = file.metadata("residual.metrics"),
            let json = try? JSONValue.parse(text), let row = HistoryRow(json: json)
        else { throw FileError(path: path, message: "does not say at which epoch it was saved") }
        return try record(
            file, RunFile.bestCheckpoint,
            Moment(epoch: row.epoch, step: row.step, isEpochEnd: true))
    }

    private static func record(
        _ file: SafetensorsFile, _ source: String, _ moment: Moment
    ) throws(SafetensorsError) -> Record {
        let digests = try WeightDigests(of: file)
        return Record(
            source: source, moment: moment, sha256: digests.sha256,
            tensors: Dictionary(digests.entries.map { ($0.key, $0.sha256) }) { first, _ in first },
            path: file.path)
    }
}

extension RecordedWeights.Moment {
    /// Moments in the order of training: the end of an epoch comes after its last update.
    fileprivate var order: Int { 2 * step + (isEpochEnd ? 1 : 0) }
}

extension RecordedWeights.Record {
    /// The record of the same weights, taken after the update and not at the epoch's end.
    fileprivate var insideEpoch: Self {
        Self(
            source: source,
            moment: .init(epoch: moment.epoch - 1, step: moment.step, isEpochEnd: false),
            sha256: sha256, tensors: tensors, path: path)
    }
}

import Support

/// What was measured at one point of a training run, usually the end of an epoch.
public struct HistoryRow: Sendable, Equatable {
    /// The number of epochs completed.
    public var epoch: Int
    /// The number of updates made since the run began.
    public var step: Int
    /// The mean loss over the training samples seen since the previous row.
    public var trainLoss: Double?
    /// The accuracy over the training samples seen since the previous row, as they were augmented.
    public var trainAccuracy: Double?
    /// The mean loss on the validation data.
    public var validationLoss: Double?
    /// The accuracy on the validation data.
    public var validationAccuracy: Double?
    /// The learning rate of the last update.
    public var learningRate: Double?
    /// Training images a second since the previous row.
    public var imagesPerSecond: Double?
    /// Seconds of training since the run began, over all its resumptions.
    public var seconds: Double?
    /// The SHA-256 of all weights and statistics, see `WeightDigests`.
    public var weightsHash: String?
    /// Further measurements by name, in the order of their columns.
    public var extras: [(name: String, value: Double?)]

    /// Creates a row; what is left out was not measured.
    public init(
        epoch: Int, step: Int, trainLoss: Double? = nil, trainAccuracy: Double? = nil,
        validationLoss: Double? = nil, validationAccuracy: Double? = nil,
        learningRate: Double? = nil, imagesPerSecond: Double? = nil, seconds: Double? = nil,
        weightsHash: String? = nil, extras: [(name: String, value: Double?)] = []
    ) {
        self.epoch = epoch
        self.step = step
        self.trainLoss = trainLoss
        self.trainAccuracy = trainAccuracy
        self.validationLoss = validationLoss
        self.validationAccuracy = validationAccuracy
        self.learningRate = learningRate
        self.imagesPerSecond = imagesPerSecond
        self.seconds = seconds
        self.weightsHash = weightsHash
        self.extras = extras
        if let clash = extras.first(where: { Self.columnNames.contains($0.name) }) {
            fatalError("history row: '\(clash.name)' is a column of every row, not an extra")
        }
    }

    /// The row as if `task`, which is not the main one, were all that was learned: its own validation
    /// figures without its name before them, and none of training.
    public func part(ofTask task: String) -> HistoryRow {
        var row = self
        let prefix = task + "_"
        row.trainLoss = nil
        row.trainAccuracy = nil
        row.validationLoss = extras.first { $0.name == "\(prefix)validation_loss" }?.value
        row.validationAccuracy = extras.first { $0.name == "\(prefix)validation_accuracy" }?.value
        row.extras = extras.filter { $0.name.hasPrefix(prefix) }
            .map { (String($0.name.dropFirst(prefix.count)), $0.value) }
            .filter { !Self.columnNames.contains($0.0) }
        return row
    }

    /// Equal in every measurement.
    public static func == (a: HistoryRow, b: HistoryRow) -> Bool { a.json == b.json }

    static let columns: [(name: String, path: WritableKeyPath<HistoryRow, Double?> & Sendable)] = [
        ("train_loss", \.trainLoss), ("train_accuracy", \.trainAccuracy),
        ("validation_loss", \.validationLoss), ("validation_accuracy", \.validationAccuracy),
        ("learning_rate", \.learningRate), ("images_per_second", \.imagesPerSecond),
        ("seconds", \.seconds),
    ]

    private static let weightsHashName = "weights_sha256"

    static let columnNames = ["epoch", "step"] + columns.map(\.name) + [weightsHashName]

    /// The measurement in a column, among the extras too; nil where it was not made.
    func value(of column: String) -> Double? {
        if let known = Self.columns.first(where: { $0.name == column }) {
            return self[keyPath: known.path]
        }
        return extras.first { $0.name == column }?.value
    }

    /// The row as a JSON object; what was not measured, or is not finite, is `null`.
    public var json: JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            ("epoch", .integer(epoch)), ("step", .integer(step)),
        ]
        for column in Self.columns {
            members.append((column.name, self[keyPath: column.path].historyJSON))
        }
        members.append((Self.weightsHashName, weightsHash.map(JSONValue.string) ?? .null))
        for extra in extras { members.append((extra.name, extra.value.historyJSON)) }
        return .object(members)
    }

    /// Reads a row from a JSON object; nil when it is not one or a value has the wrong kind.
    public init?(json: JSONValue) {
        guard let members = json.members, let epoch = json["epoch"]?.integer,
            let step = json["step"]?.integer
        else { return nil }
        self.init(epoch: epoch, step: step)
        for (key, value) in members where key != "epoch" && key != "step" {
            if key == Self.weightsHashName {
                guard value == .null || value.string != nil else { return nil }
                weightsHash = value.string
                continue
            }
            guard value == .null || value.number != nil else { return nil }
            if let column = Self.columns.first(where: { $0.name == key }) {
                self[keyPath: column.path] = value.number
            } else {
                extras.append((key, value.number))
            }
        }
    }

    /// The row as CSV fields under the fixed columns and then `extraColumns`.
    func fields(extraColumns: [String]) -> [String] {
        let fixed = Self.columns.map { self[keyPath: $0.path].historyField }
        let further = extraColumns.map { name in
            (extras.first { $0.name == name }?.value).historyField
        }
        return [String(epoch), String(step)] + fixed + [weightsHash ?? ""] + further
    }
}

extension Double? {
    fileprivate var historyJSON: JSONValue {
        map { $0.isFinite ? .number($0) : .null } ?? .null
    }
    fileprivate var historyField: String { map { "\($0)" } ?? "" }
}

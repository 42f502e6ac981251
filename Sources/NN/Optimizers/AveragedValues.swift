import Tensor

/// A moving average of a model's values: of its trained parameters and of its running statistics.
///
/// What `Lookahead` and `WeightAverage` have in common.
final class AveragedValues {
    private let parameters: [(key: String, parameter: Parameter)]
    private let statistics: [(key: String, statistic: Statistic)]
    private var averages: [Tensor] = []

    /// Starts an average at the values of `model`.
    init(of model: some Module) {
        parameters = model.namedParameters
        statistics = model.namedStatistics
        restart()
    }

    private var values: [Tensor] {
        parameters.map(\.parameter.value) + statistics.map(\.statistic.value)
    }

    /// What is averaged, with the role that gives its layout in files.
    private var layouts: [(key: String, shape: Shape, role: ParameterRole)] {
        parameters.map { ($0.key, $0.parameter.value.shape, $0.parameter.role) }
            + statistics.map { ($0.key, $0.statistic.value.shape, .vector) }
    }

    /// Starts the average anew at the model's values.
    func restart() { averages = values }

    /// average ← share · average + (1 − share) · values.
    func mix(keeping share: Double) {
        for (place, value) in values.enumerated() {
            averages[place].formWeightedSum(Float(share), value, Float(1 - share))
        }
    }

    /// Sets the model to the average.
    func assign() { assign(averages) }

    /// Runs `body` while the model is set to the average.
    func whileAssigned<Result>(_ body: () throws -> Result) rethrows -> Result {
        let own = values
        assign()
        defer { assign(own) }
        return try body()
    }

    private func assign(_ values: [Tensor]) {
        for (place, named) in parameters.enumerated() { named.parameter.value = values[place] }
        for (place, named) in statistics.enumerated() {
            named.statistic.value = values[parameters.count + place]
        }
    }

    /// The average in the layouts of weight files, each key after `prefix`.
    func entries(prefix: String) -> [(key: String, entry: StateEntry)] {
        zip(layouts, averages).map { layout, average in
            (prefix + layout.key, StateEntry(Parameter(average, role: layout.role)))
        }
    }

    /// Replaces the average. Nothing changes unless everything fits.
    func load(_ entries: [(key: String, entry: StateEntry)], prefix: String) throws {
        var loaded = Dictionary(entries.map { ($0.key, $0.entry) }) { first, _ in first }
        var problems: [String] = []
        var next: [Tensor] = []
        for (key, shape, role) in layouts {
            guard let entry = loaded.removeValue(forKey: prefix + key) else {
                problems.append("'\(prefix)\(key)' is missing")
                continue
            }
            let expected = role.borderShape(of: shape)
            if entry.shape == expected {
                next.append(try entry.tensor(shape, role: role))
            } else {
                problems.append("'\(prefix)\(key)' expects \(expected), found \(entry.shape)")
            }
        }
        problems += loaded.keys.sorted().map { "'\($0)' is unknown" }
        guard problems.isEmpty else { throw OptimizerStateError(problems: problems) }
        averages = next
    }
}

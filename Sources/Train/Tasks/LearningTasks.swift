import Datasets
import NN
import Tensor

/// Everything that a run learns about its pictures: its tasks, the main one first.
struct LearningTasks {
    /// The tasks, in the order of the model's outputs.
    let tasks: [any LearningTask]
    /// What the loss of each counts.
    private let weights: [Float]

    init(_ configuration: LossConfiguration, _ data: TrainingData) throws(TrainingError) {
        var tasks: [any LearningTask] = []
        for target in data.targets {
            switch target.unit {
            case .picture:
                let position = tasks.count { $0.target.unit == .picture }
                tasks.append(
                    try ClassificationTask(target, position: position, configuration, data.train))
            case .pixel: tasks.append(try SegmentationTask(target, configuration, data.train))
            }
        }
        self.tasks = tasks
        weights =
            configuration.taskWeights.isEmpty
            ? tasks.map { _ in 1 } : configuration.taskWeights.map { Float($0) }
    }

    /// The loss of a batch: the sum of those of the tasks, each times its weight.
    func loss(_ outputs: [Tensor], _ batch: Batch) -> Tensor {
        if tasks.count == 1 { return tasks[0].loss(outputs[0], batch) }
        let terms = tasks.indices.map { weights[$0] * tasks[$0].loss(outputs[$0], batch) }
        return terms.dropFirst().reduce(terms[0], +)
    }

    /// What a batch counts in a mean of losses over several batches. The means of several tasks are
    /// over different things; then it is the number of pictures.
    func weight(of batch: Batch) -> Double {
        tasks.count == 1 ? tasks[0].weight(of: batch) : Double(batch.count)
    }

    /// How many of the decisions of the main task are right.
    func hits(_ outputs: [Tensor], _ batch: Batch) -> Hits { tasks[0].hits(outputs[0], batch) }

    /// Measures all tasks of `model`. The figures of the main task have no name before them, those of
    /// the others their task's.
    ///
    /// - Parameter progress: Is told how many pictures are done, and of how many, each counted once
    ///   for each task.
    func measure(
        _ model: any PredictionModel, on dataset: any Dataset, by predictor: DatasetPredictor,
        progress: (_ done: Int, _ count: Int) -> Void
    ) throws -> [(prefix: String, figures: TaskMeasurement)] {
        let count = dataset.count * tasks.count
        return try tasks.enumerated().map { position, task in
            let figures = try task.measure(
                model.part(forTask: position), on: dataset, by: predictor
            ) { progress(position * dataset.count + $0, count) }
            return (position == 0 ? "" : task.target.name + "_", figures)
        }
    }
}

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
        for (place, target) in data.targets.enumerated() {
            switch target.unit {
            case .picture:
                tasks.append(
                    try ClassificationTask(
                        target, position: data.targets.labelPosition(of: place), configuration,
                        data.train))
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
    /// - Parameter progress: Is told how many pictures are done.
    func measure(
        _ model: any PredictionModel, on dataset: any Dataset, by predictor: DatasetPredictor,
        progress: (Int) -> Void
    ) throws(DatasetError) -> [(prefix: String, figures: TaskMeasurement)] {
        let predictions = try predictor.predictions(of: model, on: dataset, progress: progress)
        return tasks.indices.map { place in
            let target = tasks[place].target
            return (
                place == 0 ? "" : target.name + "_",
                TaskMeasurement(predictions[place], of: target)
            )
        }
    }
}

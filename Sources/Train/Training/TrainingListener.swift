import Datasets
import Inference

/// What a run is about to do.
public struct TrainingPlan: Sendable {
    /// The model's name and its number of trained values.
    public var model: String, parameterCount: Int
    /// The number of values that the first update moves: fewer where parts are frozen.
    public var trainedCount: Int
    /// What the model took over from a checkpoint; nil where it starts from random weights or goes on.
    public var firstWeights: LoadedTrunk?
    /// The data set's name.
    public var data: String
    /// The numbers of training, validation and test pictures.
    public var trainCount: Int, validationCount: Int?, testCount: Int?
    /// The number of epochs; nil where only steps or time end the run.
    public var epochCount: Int?
    /// The number of updates in all; nil where only time ends the run.
    public var stepCount: Int?
    /// Updates in an epoch.
    public var stepsPerEpoch: Int
    /// The update that comes first; not 0 in a resumed run.
    public var firstStep: Int
    /// Computing threads and instruction set.
    public var device: String
    /// The run's folder.
    public var folder: String
}

/// One update, as it is shown while training goes on.
public struct StepProgress: Sendable {
    /// Epochs completed before this one.
    public var epoch: Int
    /// Batches of the epoch that are done, and of how many.
    public var batch: Int, batchCount: Int
    /// Updates made since the run began.
    public var step: Int
    /// Means over the epoch so far.
    public var loss: Double?, accuracy: Double?
    /// The learning rate of this update.
    public var learningRate: Double
    /// Training pictures a second, over the epoch so far.
    public var imagesPerSecond: Double?
    /// The most memory that tensors had at once since the run began, in bytes.
    public var peakMemory: Int
}

/// Hears what a trainer does. Called on the training thread; must return quickly.
public protocol TrainingListener: AnyObject {
    /// Training begins or goes on.
    func trainingStarted(_ plan: TrainingPlan)
    /// An update was made.
    func stepEnded(_ progress: StepProgress)
    /// `done` of `count` pictures of a part have been evaluated.
    func evaluating(_ part: Split, done: Int, of count: Int)
    /// An epoch was completed and measured.
    func epochEnded(_ row: HistoryRow, isBest: Bool)
    /// Something a person should know, such as a picture that was left out.
    func note(_ text: String)
}

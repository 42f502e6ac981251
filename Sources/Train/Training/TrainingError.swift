/// A run that cannot go on, in words that say what to do.
public struct TrainingError: Error, Equatable, CustomStringConvertible {
    /// What happened and what to do.
    public let description: String

    /// Creates an error.
    public init(_ description: String) { self.description = description }

    /// The loss stopped being a number.
    static func notFinite(
        loss: Float, epoch: Int, step: Int, learningRate: Double
    ) -> TrainingError {
        TrainingError(
            """
            the loss became \(loss) at step \(step) (epoch \(epoch + 1), learning rate \
            \(learningRate)); training stopped and the last checkpoint was kept. A lower \
            optimizer.learning_rate, a schedule.warmup or optimizer.gradient_clip_norm usually helps
            """)
    }
}

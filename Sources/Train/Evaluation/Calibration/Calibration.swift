/// Whether the probabilities of a classifier can be taken at their word, and the temperature that
/// would mend them.
public struct Calibration: Sendable {
    /// The samples that the temperature was fitted on.
    public enum Source: Sendable, Equatable {
        /// The validation part, of which the measured samples are no part.
        case validation(sampleCount: Int)
        /// The measured samples themselves: the figures after scaling flatter.
        case measuredSamples
    }

    /// The predictions after division of the logits by the temperature.
    public struct Scaled: Sendable {
        /// The predictions.
        public let predictions: Predictions
        /// Their log-loss.
        public let logLoss: Score
        /// Their Brier score.
        public let brierScore: Score
        /// Their calibration.
        public let reliability: Reliability?
    }

    /// The calibration as it is; nil without samples or with probabilities that are not finite.
    public let reliability: Reliability?
    /// What the temperature was fitted on.
    public let source: Source
    /// The temperature; above 1 for a model that is too sure of itself.
    public let temperature: Score
    /// The figures with the temperature; nil without one.
    public let scaled: Scaled?

    /// Measures `predictions`, and what a temperature would do to them that is fitted on `validation`,
    /// or, where there is none, on themselves.
    public init(_ predictions: Predictions, validation: Predictions? = nil) {
        reliability = Reliability(predictions)
        source =
            validation.map { .validation(sampleCount: $0.sampleCount) } ?? .measuredSamples
        temperature = fittedTemperature(validation ?? predictions)
        scaled =
            predictions.reasonWithoutProbabilities == nil
            ? temperature.value.map { temperature in
                let scaled = predictions.scaled(temperature: temperature)
                return Scaled(
                    predictions: scaled, logLoss: Train.logLoss(scaled),
                    brierScore: Train.brierScore(scaled), reliability: Reliability(scaled))
            } : nil
    }
}

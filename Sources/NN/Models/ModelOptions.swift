/// What a configuration may change about a model without changing its name.
public struct ModelOptions: Sendable, Hashable {
    /// Whether every residual block starts as its shortcut; nil for the model's own. Models without such
    /// blocks refuse it.
    public var zeroInitResidual: Bool?
    /// The probability of dropout before the last layer; nil for the model's own.
    public var dropout: Float?
    /// The share of the batch in the running statistics of batch normalisation; nil for the model's
    /// own.
    public var batchNormMomentum: Float?
    /// ε of batch normalisation; nil for the model's own.
    public var batchNormEpsilon: Float?

    /// Creates options.
    public init(
        zeroInitResidual: Bool? = nil, dropout: Float? = nil, batchNormMomentum: Float? = nil,
        batchNormEpsilon: Float? = nil
    ) {
        self.zeroInitResidual = zeroInitResidual
        self.dropout = dropout
        self.batchNormMomentum = batchNormMomentum
        self.batchNormEpsilon = batchNormEpsilon
    }

    /// Refuses numbers that no model can have.
    func validate() throws(ModelError) {
        if let dropout, !(dropout >= 0 && dropout < 1) {
            throw ModelError(description: "dropout \(dropout) is not in [0, 1)")
        }
        if let batchNormMomentum, !(batchNormMomentum > 0 && batchNormMomentum <= 1) {
            throw ModelError(
                description:
                    "batch norm momentum \(batchNormMomentum) is not in (0, 1]; it is the share of "
                    + "the new value")
        }
        if let batchNormEpsilon, !(batchNormEpsilon > 0 && batchNormEpsilon.isFinite) {
            throw ModelError(
                description: "batch norm epsilon \(batchNormEpsilon) is not positive")
        }
    }
}

/// A model that cannot be made, in words for the author of a configuration.
public struct ModelError: Error, Equatable, CustomStringConvertible {
    /// What was asked for, why it cannot be, and what can.
    public let description: String
}

/// One update by stochastic gradient descent, as PyTorch does it:
///
///     g ← gradientScale · g + weightDecay · p
///     v ← momentum · v + (1 − dampening) · g        (v ← g at the first step)
///     p ← p − learningRate · (nesterov ? g + momentum · v : v)
public struct SGDStep: Sendable, Hashable {
    /// The step size.
    public var learningRate: Float
    /// A factor on the gradient (clipping).
    public var gradientScale: Float
    /// The L2 penalty.
    public var weightDecay: Float
    /// The share of the old direction that is kept; 0 without a momentum buffer.
    public var momentum: Float
    /// The share of the gradient that is left out of the direction.
    public var dampening: Float
    /// Whether to look ahead along the new direction.
    public var nesterov: Bool
    /// Whether the buffer holds nothing yet.
    public var isFirst: Bool

    /// Describes an update.
    public init(
        learningRate: Float, gradientScale: Float = 1, weightDecay: Float = 0, momentum: Float = 0,
        dampening: Float = 0, nesterov: Bool = false, isFirst: Bool = false
    ) {
        self.learningRate = learningRate
        self.gradientScale = gradientScale
        self.weightDecay = weightDecay
        self.momentum = momentum
        self.dampening = dampening
        self.nesterov = nesterov
        self.isFirst = isFirst
    }
}

/// One update by AdamW (Loshchilov & Hutter 2019), as PyTorch does it:
///
///     g ← gradientScale · g
///     p ← p · (1 − learningRate · weightDecay)
///     m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²
///     p ← p − learningRate / correction₁ · m / (√(v) / √correction₂ + ε)
public struct AdamWStep: Sendable, Hashable {
    /// The step size.
    public var learningRate: Float
    /// A factor on the gradient (clipping).
    public var gradientScale: Float
    /// The decoupled decay.
    public var weightDecay: Float
    /// β₁ and β₂.
    public var beta1: Float, beta2: Float
    /// ε.
    public var epsilon: Float
    /// 1 − β₁ᵗ and 1 − β₂ᵗ at step t.
    public var correction1: Float, correction2: Float

    /// Describes an update.
    public init(
        learningRate: Float, gradientScale: Float = 1, weightDecay: Float, beta1: Float,
        beta2: Float, epsilon: Float, correction1: Float, correction2: Float
    ) {
        self.learningRate = learningRate
        self.gradientScale = gradientScale
        self.weightDecay = weightDecay
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.correction1 = correction1
        self.correction2 = correction2
    }
}

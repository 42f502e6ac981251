import Tensor

/// Sets random elements to zero in training and scales the others up by 1 / (1 − p), so that the
/// expected value stays (Srivastava et al. 2014). Inference passes its input on.
///
/// The mask follows from the run's seed, the step and the layer's place in the model alone.
public final class Dropout: Module {
    /// The probability p of an element to be dropped, in [0, 1).
    public let probability: Float

    /// Tells the dropout layers of a model apart; `assignLayerIndices()` on the model sets it.
    public internal(set) var layerIndex: Int

    /// Creates a layer.
    public init(probability: Float, layerIndex: Int = 0) {
        guard probability >= 0, probability < 1 else {
            fatalError("Dropout: probability \(probability) is not in [0, 1)")
        }
        self.probability = probability
        self.layerIndex = layerIndex
    }

    /// The input with random elements dropped, or as it is.
    public func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor {
        guard case .training(let randomness) = phase, probability > 0 else { return x }
        let key = RandomKey(
            seed: randomness.seed, purpose: .dropout, epoch: randomness.step, index: layerIndex)
        return dropout(x, probability: probability, key: key)
    }

    /// The shape of the input.
    public func outputShape(for input: Shape, noting trace: inout ShapeTrace) -> Shape {
        trace.note(self, input)
        return input
    }

    /// Nothing: inference passes its input on.
    public func lower(_ x: PlanValue, into plan: inout PlanBuilder) -> PlanValue {
        x
    }
}

extension Module {
    /// Numbers the dropout layers inside in the order of declaration, so that each draws its own
    /// masks and the same ones in every run. The models of this library do it when they are made.
    public func assignLayerIndices() {
        for (index, layer) in namedModules.compactMap({ $0.module as? Dropout }).enumerated() {
            layer.layerIndex = index
        }
    }
}

import Tensor

/// A matrix product with learned weights and an offset: y = x · weight + bias.
///
/// Input `[N, I]`, output `[N, O]`, weight `[I, O]` (`[O, I]` in weight files), bias `[O]`.
public final class Linear: Module {
    /// The matrix.
    public let weight: Parameter
    /// One number added per output.
    public let bias: Parameter?

    /// Creates a layer whose parameters are zero until `initialize(seed:)` or loading fills them.
    public init(inFeatures: Int, outFeatures: Int, bias: Bool = true) {
        weight = Parameter(.zeros([inFeatures, outFeatures]), role: .matrix)
        self.bias = bias ? Parameter(.zeros([outFeatures]), role: .vector) : nil
    }

    /// The number of inputs, I.
    public var inFeatures: Int { weight.value.shape[0] }
    /// The number of outputs, O.
    public var outFeatures: Int { weight.value.shape[1] }

    /// The products.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        linear(x, weight.tensor(), bias?.tensor())
    }

    /// The products; the same in both phases.
    public func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor { self(x) }

    /// `[N, O]`.
    public func outputShape(for input: Shape, noting trace: inout ShapeTrace) -> Shape {
        guard input.rank == 2, input[1] == inFeatures else {
            fatalError("Linear: input \(input) is not [N, \(inFeatures)]")
        }
        let output: Shape = [input[0], outFeatures]
        trace.note(self, output, multiplyAdds: input[0] * weight.value.count)
        return output
    }

    /// The product.
    public func lower(_ x: PlanValue, into plan: inout PlanBuilder) -> PlanValue {
        plan.linear(x, matrix: weight.value, bias: bias?.value)
    }

    /// Weight and bias: uniform in ±1/√I, PyTorch's default.
    public func initializeParameters(from stream: (Parameter) -> RandomStream) {
        weight.fill(.uniform(fan: inFeatures), stream(weight))
        bias?.fill(.uniform(fan: inFeatures), stream(bias!))
    }
}

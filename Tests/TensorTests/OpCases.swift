import Tensor

/// The table of operations that the tests in `OpTests` go through: every public operation, several
/// calls each. A new operation needs a row here (`CoverageTests`).
///
/// Extents are odd and distinct wherever nothing speaks against it (N = 2, H = 5, W = 7, C = 3), so
/// that swapped axes do not go unseen; larger ones are there for the kernels' fast paths.
enum OpCases {
    static let all: [OpCase] = inFloat32 + inFloat32.map(\.inBFloat16) + conversions

    private static let inFloat32: [OpCase] =
        arithmetic + broadcasting + functions + matrices + convolutions + depthwise + batchNorms
        + losses + softmaxes + pools + adaptivePools + reductions + movements + images

    static let differentiable = all.filter(\.isDifferentiable)
    static let finiteDifference = differentiable.filter(\.checksFiniteDifference)
    static let severalGradients = differentiable.filter {
        $0.inputs.count(where: \.wantsGradient) > 1
    }

    /// The names of the operations that the table covers.
    static let operations = Set(all.map(\.operation))
}

extension OpCase {
    init(
        _ operation: String, _ detail: String, _ inputs: [Input],
        _ tolerance: Tolerance = .elementwise,
        _ function: @escaping @Sendable ([Tensor]) -> Tensor
    ) {
        self.operation = operation
        self.detail = detail
        self.inputs = inputs
        self.tolerance = tolerance
        self.function = function
    }

    /// The same case without finite differences.
    var large: OpCase {
        var copy = self
        copy.checksFiniteDifference = false
        return copy
    }

    /// The same case with all its inputs in bfloat16. What has no kernels for it must say so by
    /// converting; what has them rounds each result once. A sum that lies near the middle of two
    /// neighbours may be rounded to the other one on another backend.
    var inBFloat16: OpCase {
        var copy = OpCase(
            operation, "\(detail), bfloat16", inputs, .bfloat16,
            { [function] inputs in function(inputs.map { $0.converted(to: .bfloat16) }) })
        copy.isDifferentiable = isDifferentiable
        copy.checksFiniteDifference = false
        return copy
    }

    /// The same case without gradients.
    var forwardOnly: OpCase {
        var copy = self
        copy.isDifferentiable = false
        return copy
    }
}

import Tensor

extension OpCases {
    /// Batch norm in its eight forms: batch or given statistics, with and without residual and ReLU.
    static let batchNorms: [OpCase] = {
        let shapes: [(String, Shape, Bool)] = [
            ("images", [2, 5, 7, 3], false), ("vectors", [11, 5], false),
            ("16 channels", [2, 9, 13, 16], true), ("67 channels", [3, 9, 13, 67], true),
            ("wide", [2, 5, 7, 256], true),
        ]
        return shapes.flatMap { detail, shape, isLarge in
            [(false, false), (false, true), (true, false), (true, true)].flatMap {
                residual, relu in
                let cases = [
                    training(detail, shape, residual: residual, relu: relu),
                    inference(detail, shape, residual: residual, relu: relu),
                ]
                return isLarge ? cases.map(\.large) : cases
            }
        } + [statistics("mean") { $0.mean }, statistics("variance") { $0.variance }, offset]
    }()

    private static func title(_ detail: String, _ residual: Bool, _ relu: Bool) -> String {
        detail + (residual ? ", residual" : "") + (relu ? ", ReLU" : "")
    }

    /// With ReLU, values on both sides of 0 and none near it: |x̂| ≈ 1, a residual of 2.5 to 7.5 either
    /// way.
    private static func inputs(_ shape: Shape, residual: Bool, relu: Bool) -> [Input] {
        let channels: Shape = [shape[-1]]
        let x = relu ? Input.awayFromZero(shape) : .normal(shape)
        return [x, .positive(channels), .normal(channels)]
            + (residual ? [relu ? .awayFromZero(shape) : .normal(shape)] : [])
    }

    private static func training(
        _ detail: String, _ shape: Shape, residual: Bool, relu: Bool
    ) -> OpCase {
        OpCase(
            "batchNorm", title(detail, residual, relu),
            inputs(shape, residual: residual, relu: relu), .cancelling
        ) {
            batchNorm(
                $0[0], scale: $0[1], shift: relu ? $0[2] * 0.05 : $0[2],
                residual: residual ? $0[3] * (relu ? 5 : 1) : nil, relu: relu, epsilon: 1e-3
            ).output
        }
    }

    private static func inference(
        _ detail: String, _ shape: Shape, residual: Bool, relu: Bool
    ) -> OpCase {
        let channels: Shape = [shape[-1]]
        let statistics: [Input] = [.constant(channels), .constant(channels, .positive)]
        return OpCase(
            "batchNormInference", title(detail, residual, relu),
            statistics + inputs(shape, residual: residual, relu: relu), .cancelling
        ) {
            batchNormInference(
                $0[2], scale: $0[3], shift: relu ? $0[4] * 0.05 : $0[4],
                mean: $0[0] * (relu ? 0.05 : 1), variance: $0[1],
                residual: residual ? $0[5] * (relu ? 5 : 1) : nil, relu: relu)
        }
    }

    private static func statistics(
        _ name: String, _ part: @escaping @Sendable (BatchNormOutput) -> Tensor
    ) -> OpCase {
        OpCase("batchNorm", name, [.normal([2, 5, 7, 67]), .positive([67]), .normal([67])], .sums) {
            part(batchNorm($0[0], scale: $0[1], shift: $0[2]))
        }.forwardOnly
    }

    /// A mean much greater than the deviation, which E[x²] − E[x]² in Float does not survive.
    private static let offset = OpCase(
        "batchNorm", "a mean of 1000", [.normal([2, 5, 7, 19]), .positive([19]), .normal([19])],
        Tolerance(element: 1e-4, norm: 5e-5)
    ) { batchNorm($0[0] + 1000, scale: $0[1], shift: $0[2]).output }.large

    /// Softmax and its logarithm.
    static let softmaxes: [OpCase] = {
        let table: [(String, @Sendable (Tensor) -> Tensor)] = [
            ("softmax", { softmax($0) }), ("logSoftmax", { logSoftmax($0) }),
        ]
        return table.flatMap { name, function in
            [
                OpCase(name, "rows", [.normal([5, 7])], .cancelling) { function($0[0]) },
                OpCase(name, "a row a pixel", [.normal([2, 5, 7, 3])], .cancelling) {
                    function($0[0])
                },
                OpCase(name, "one class", [.normal([5, 1])], .cancelling) { function($0[0]) },
                OpCase(name, "a wide range", [.wide([5, 7])], .cancelling) { function($0[0]) }
                    .large,
                OpCase(name, "many classes", [.normal([33, 1001])], .cancelling) {
                    function($0[0])
                }.large,
                OpCase(name, "logits of thousands", [.normal([5, 7])], .cancelling) {
                    function($0[0] * 1000 + 5000)
                }.forwardOnly,
            ]
        }
    }()
}

import Tensor

extension OpCases {
    /// Between the types of elements. Slopes see the steps of bfloat16, so none are taken.
    static let conversions: [OpCase] = {
        let shapes: [Shape] = [[2, 5, 7, 3], [1], [0], [3, 129, 257]]
        return shapes.flatMap { shape in
            [
                OpCase("converted", "to bfloat16", [.normal(shape)], .elementwise) {
                    $0[0].converted(to: .bfloat16)
                },
                OpCase("converted", "to bfloat16 and back", [.wide(shape)], .elementwise) {
                    $0[0].converted(to: .bfloat16).converted(to: .float32)
                },
                OpCase("converted", "to what it is", [.normal(shape)], .elementwise) {
                    ($0[0].converted(to: .float32) * 2).converted(to: .bfloat16)
                },
            ].map(\.large)
        } + [mixedSum]
    }()

    /// Contributions of both types to one gradient, and a sum of both.
    private static let mixedSum = OpCase(
        "converted", "in part", [.normal([2, 5, 7, 3]), .normal([2, 5, 7, 3])], .bfloat16
    ) {
        let x = $0[0].converted(to: .bfloat16)
        return relu(x) + x * $0[1] + sum(x, axes: [0, 1, 2]) + (x + x) + (x + $0[1])
    }.large
}

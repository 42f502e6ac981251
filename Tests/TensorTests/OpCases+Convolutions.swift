import Tensor

extension OpCases {
    /// Matrix products.
    static let matrices: [OpCase] = [
        OpCase("matmul", "matrices", [.normal([5, 7]), .normal([7, 3])], .sums) {
            matmul($0[0], $0[1])
        },
        OpCase("matmul", "a batch", [.normal([2, 5, 7]), .normal([2, 7, 3])], .sums) {
            matmul($0[0], $0[1])
        },
        OpCase(
            "matmul", "two leading axes", [.normal([2, 3, 5, 7]), .normal([2, 3, 7, 1])], .sums
        ) { matmul($0[0], $0[1]) },
        OpCase("matmul", "one term", [.normal([5, 1]), .normal([1, 3])], .sums) {
            matmul($0[0], $0[1])
        },
        OpCase("matmul", "large", [.normal([129, 257]), .normal([257, 67])], .sums) {
            matmul($0[0], $0[1])
        }.large,
        OpCase("linear", "with a bias", [.normal([2, 7]), .normal([7, 5]), .normal([5])], .sums) {
            linear($0[0], $0[1], $0[2])
        },
        OpCase("linear", "without a bias", [.normal([3, 7]), .normal([7, 5])], .sums) {
            linear($0[0], $0[1])
        },
        OpCase(
            "linear", "one image", [.normal([1, 31]), .normal([31, 11]), .normal([11])], .sums
        ) {
            linear($0[0], $0[1], $0[2])
        },
        OpCase(
            "linear", "a classifier's head",
            [.normal([33, 512]), .normal([512, 101]), .normal([101])],
            .sums
        ) { linear($0[0], $0[1], $0[2]) }.large,
    ]

    /// Convolutions, all kinds of windows on odd sizes and then the kernels' fast paths.
    static let convolutions: [OpCase] = smallConvolutions + largeConvolutions

    private static let smallConvolutions: [OpCase] = [
        convolution("1×1", [2, 5, 7, 3], [1, 1, 3, 4]),
        convolution("1×1, stride 2", [2, 5, 7, 3], [1, 1, 3, 4], stride: 2),
        convolution("1×1, padding", [2, 5, 7, 3], [1, 1, 3, 4], padding: 1),
        convolution("3×3", [2, 5, 7, 3], [3, 3, 3, 4]),
        convolution("3×3, padding 1", [2, 5, 7, 3], [3, 3, 3, 4], padding: 1),
        convolution(
            "3×3, padding 1, no bias", [2, 5, 7, 3], [3, 3, 3, 4], bias: false, padding: 1),
        convolution("3×3, padding 3", [2, 5, 7, 3], [3, 3, 3, 4], padding: 3),
        convolution("3×3, stride 2", [2, 5, 7, 3], [3, 3, 3, 4], stride: 2, padding: 1),
        convolution("3×3, stride 3 leaves a rest", [2, 5, 7, 3], [3, 3, 3, 4], stride: 3),
        convolution(
            "unequal windows, strides and borders", [2, 5, 7, 3], [2, 3, 3, 4],
            stride: Spatial(height: 2, width: 1), padding: Spatial(height: 0, width: 2)),
        convolution("2×2, an even window", [2, 5, 7, 3], [2, 2, 3, 4], padding: 1),
        convolution("4×4, stride 2", [2, 6, 9, 3], [4, 4, 3, 2], stride: 2, padding: 1),
        convolution(
            "7×7, stride 2, the stem", [2, 9, 11, 3], [7, 7, 3, 4], stride: 2, padding: 3),
        convolution("3×3, dilation 2", [2, 7, 9, 3], [3, 3, 3, 4], padding: 2, dilation: 2),
        convolution(
            "unequal dilation, stride 2", [2, 7, 9, 3], [3, 3, 3, 4], stride: 2, padding: 1,
            dilation: Spatial(height: 1, width: 3)),
        convolution("3 groups", [2, 5, 7, 6], [3, 3, 2, 9], padding: 1, groups: 3),
        convolution("2 groups, 1×1", [2, 5, 7, 6], [1, 1, 3, 4], groups: 2),
        convolution("2 groups, stride 2", [2, 5, 7, 6], [3, 3, 3, 4], stride: 2, groups: 2),
        convolution("a window as large as the image", [2, 5, 7, 3], [5, 7, 3, 4]),
        convolution("one image, one channel", [1, 5, 7, 1], [3, 3, 1, 1], padding: 1),
        convolution("one pixel", [3, 1, 1, 5], [3, 3, 5, 4], padding: 1),
    ]

    private static let largeConvolutions: [OpCase] = {
        var cases: [OpCase] = []
        for (input, output) in [(16, 16), (32, 48), (48, 32), (64, 64), (17, 33), (3, 64)] {
            cases.append(
                convolution("3×3", [2, 9, 13, input], [3, 3, input, output], padding: 1).large)
            cases.append(
                convolution("1×1", [2, 9, 13, input], [1, 1, input, output], bias: false).large)
            cases.append(
                convolution(
                    "3×3, stride 2", [2, 9, 13, input], [3, 3, input, output], bias: false,
                    stride: 2, padding: 1
                ).large)
        }
        return cases + [
            convolution("3×3, no border", [3, 9, 13, 32], [3, 3, 32, 32], bias: false).large,
            convolution("3×3, many small", [7, 4, 4, 64], [3, 3, 64, 48], padding: 1).large,
            convolution("3×3, 2 rows", [5, 2, 3, 64], [3, 3, 64, 64], padding: 1).large,
            convolution("3×3, whole tiles", [2, 8, 12, 32], [3, 3, 32, 64], padding: 1).large,
            convolution("3×3, deep", [1, 7, 7, 256], [3, 3, 256, 128], padding: 1).large,
            convolution("1×1, stride 2", [2, 9, 13, 64], [1, 1, 64, 128], stride: 2).large,
            convolution("7×7 stem", [2, 33, 37, 3], [7, 7, 3, 64], stride: 2, padding: 3).large,
            convolution("16×16 patches", [2, 32, 48, 3], [16, 16, 3, 32], stride: 16).large,
            convolution(
                "3×3, dilation 2", [2, 9, 13, 32], [3, 3, 32, 32], padding: 2, dilation: 2
            ).large,
            convolution("4 groups", [2, 9, 13, 64], [3, 3, 16, 32], padding: 1, groups: 4).large,
        ]
    }()

    /// One filter, or several, for each channel alone.
    static let depthwise: [OpCase] = [
        convolution("depthwise", [2, 5, 7, 3], [3, 3, 1, 3], padding: 1, groups: 3),
        convolution("depthwise, stride 2", [2, 5, 7, 3], [3, 3, 1, 3], stride: 2, groups: 3),
        convolution("depthwise, two filters each", [2, 5, 7, 3], [3, 3, 1, 6], groups: 3),
        convolution(
            "depthwise, 5×5, dilation 2", [2, 9, 11, 3], [5, 5, 1, 3], padding: 4, dilation: 2,
            groups: 3),
        convolution("depthwise", [2, 9, 13, 48], [3, 3, 1, 48], padding: 1, groups: 48).large,
        convolution(
            "depthwise, stride 2", [2, 9, 13, 35], [3, 3, 1, 35], stride: 2, padding: 1, groups: 35
        ).large,
        convolution("depthwise, 7×7", [2, 9, 13, 32], [7, 7, 1, 32], padding: 3, groups: 32).large,
    ]

    private static func convolution(
        _ detail: String, _ x: Shape, _ weight: Shape, bias: Bool = true, stride: Spatial = 1,
        padding: Spatial = 0, dilation: Spatial = 1, groups: Int = 1
    ) -> OpCase {
        let inputs = [x, weight] + (bias ? [[weight[3]]] : [])
        return OpCase("conv2d", detail, inputs.map { .normal($0) }, .convolution) {
            conv2d(
                $0[0], $0[1], bias: bias ? $0[2] : nil, stride: stride, padding: padding,
                dilation: dilation, groups: groups)
        }
    }
}

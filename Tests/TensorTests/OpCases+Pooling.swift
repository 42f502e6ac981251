import Tensor

extension OpCases {
    private struct Window: Sendable {
        let detail: String
        var kernel: Spatial = 3
        var stride: Spatial?
        var padding: Spatial = 0
        var dilation: Spatial = 1
        var ceilMode = false
        var countsPadding = true
    }

    /// Maxima and means of windows.
    static let pools: [OpCase] = maxima + means

    private static let maxima: [OpCase] = {
        let windows = [
            Window(detail: "2×2", kernel: 2), Window(detail: "3×3, stride 1", stride: 1),
            Window(detail: "3×3, stride 2, the stem", stride: 2, padding: 1),
            Window(detail: "2×2, incomplete windows", kernel: 2, ceilMode: true),
            Window(detail: "3×3, padding, incomplete", stride: 2, padding: 1, ceilMode: true),
            Window(detail: "dilation 2", kernel: 2, stride: 1, padding: 1, dilation: 2),
            Window(
                detail: "unequal", kernel: Spatial(height: 2, width: 3),
                stride: Spatial(height: 3, width: 1), padding: Spatial(height: 0, width: 1)),
            Window(
                detail: "unequal dilation", kernel: 3, stride: 1, padding: 1,
                dilation: Spatial(height: 1, width: 2)),
        ]
        let inputs: [(Input, Bool)] = [
            (.distinct([2, 5, 7, 3]), false), (.ties([2, 5, 7, 3]), true),
            (.normal([3, 9, 13, 64]), true), (.normal([2, 9, 13, 35]), true),
        ]
        return windows.flatMap { window in
            inputs.map { input, isLarge in
                let opCase = OpCase(
                    "maxPool2d", "\(window.detail), \(input.kind)", [input], .sums
                ) {
                    maxPool2d(
                        $0[0], kernel: window.kernel, stride: window.stride,
                        padding: window.padding, dilation: window.dilation,
                        ceilMode: window.ceilMode)
                }
                return isLarge ? opCase.large : opCase
            }
        }
    }()

    private static let means: [OpCase] = {
        let windows = [
            Window(detail: "2×2", kernel: 2), Window(detail: "3×3, stride 1", stride: 1),
            Window(detail: "3×3, padding counted", stride: 2, padding: 1),
            Window(detail: "3×3, padding not counted", stride: 2, padding: 1, countsPadding: false),
            Window(detail: "2×2, incomplete windows", kernel: 2, ceilMode: true),
            Window(detail: "3×3, padding, incomplete", stride: 2, padding: 1, ceilMode: true),
            Window(
                detail: "padding not counted, incomplete", stride: 2, padding: 1, ceilMode: true,
                countsPadding: false),
            Window(
                detail: "unequal", kernel: Spatial(height: 2, width: 3),
                stride: Spatial(height: 3, width: 1), padding: Spatial(height: 0, width: 1)),
        ]
        return windows.flatMap { window in
            [[2, 5, 7, 3], [2, 6, 9, 3], [3, 9, 13, 64]].map { (shape: Shape) in
                let opCase = OpCase("avgPool2d", window.detail, [.normal(shape)], .sums) {
                    avgPool2d(
                        $0[0], kernel: window.kernel, stride: window.stride,
                        padding: window.padding, ceilMode: window.ceilMode,
                        countsPadding: window.countsPadding)
                }
                return shape.count > 1000 ? opCase.large : opCase
            }
        }
    }()

    /// Means of cells and of whole images.
    static let adaptivePools: [OpCase] = {
        let sizes: [(String, Shape, Spatial)] = [
            ("one cell", [2, 5, 7, 3], 1),
            ("cells that overlap", [2, 5, 7, 3], Spatial(height: 2, width: 3)),
            ("as many as pixels", [2, 5, 7, 3], Spatial(height: 5, width: 7)),
            ("more than pixels", [2, 5, 7, 3], Spatial(height: 7, width: 11)),
            ("cells that divide", [2, 6, 9, 3], Spatial(height: 2, width: 3)),
            ("large", [3, 9, 13, 64], Spatial(height: 4, width: 6)),
        ]
        let cells = sizes.map { detail, shape, size in
            let opCase = OpCase("adaptiveAvgPool2d", detail, [.normal(shape)], .sums) {
                adaptiveAvgPool2d($0[0], outputSize: size)
            }
            return shape.count > 1000 ? opCase.large : opCase
        }
        return cells + [
            OpCase("globalAveragePool", "images", [.normal([2, 5, 7, 3])], .sums) {
                globalAveragePool($0[0])
            },
            OpCase("globalAveragePool", "one pixel", [.normal([5, 1, 1, 3])], .sums) {
                globalAveragePool($0[0])
            },
            OpCase("globalAveragePool", "many channels", [.normal([3, 9, 13, 515])], .sums) {
                globalAveragePool($0[0])
            }.large,
        ]
    }()
}

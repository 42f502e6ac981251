import Tensor

extension OpCases {
    /// Sums, means and maxima over every subset of the axes.
    static let reductions: [OpCase] = {
        typealias Function = @Sendable (Tensor, [Int]?, Bool) -> Tensor
        let table: [(String, Function)] = [
            ("sum", { sum($0, axes: $1, keepingAxes: $2) }),
            ("mean", { mean($0, axes: $1, keepingAxes: $2) }),
            ("max", { max($0, axes: $1, keepingAxes: $2) }),
        ]
        let subsets = (0..<16).map { bits in (0..<4).filter { bits >> $0 & 1 == 1 } }
        return table.flatMap { name, function in
            let kind: Input.Kind = name == "max" ? .distinct : .normal
            let small = subsets.map { axes in
                OpCase(name, "axes \(axes)", [Input(shape: [2, 5, 7, 3], kind: kind)], .sums) {
                    function($0[0], axes, axes.count % 2 == 0)
                }
            }
            let large = [[0], [1], [0, 1], [0, 2], [1, 2]].map { (axes: [Int]) in
                OpCase(name, "large, axes \(axes)", [.normal([17, 131, 67])], .sums) {
                    function($0[0], axes, false)
                }.large
            }
            return small + large + [
                OpCase(name, "all axes", [Input(shape: [2, 5, 7, 3], kind: kind)], .sums) {
                    function($0[0], nil, false)
                },
                OpCase(name, "all axes kept", [Input(shape: [5, 7], kind: kind)], .sums) {
                    function($0[0], nil, true)
                },
                OpCase(name, "negative axes", [Input(shape: [5, 7, 3], kind: kind)], .sums) {
                    function($0[0], [-1, -3], false)
                },
                OpCase(name, "a scalar", [Input(shape: [], kind: kind)], .sums) {
                    function($0[0], nil, false)
                },
                OpCase(name, "all of many", [.normal([3, 10331])], .sums) {
                    function($0[0], nil, false)
                }.large,
            ]
        } + [
            OpCase("max", "ties share the gradient", [.ties([5, 7, 3])], .sums) {
                max($0[0], axes: [1])
            }.large
        ] + positions
    }()

    private static let positions: [OpCase] =
        [0, 1, 2, -1].flatMap { axis in
            [Input.distinct([5, 7, 3]), .ties([5, 7, 3])].map { input in
                OpCase("argmax", "axis \(axis), \(input.kind)", [input]) {
                    let indices = argmax($0[0], axis: axis).map { Float($0) }
                    return Tensor(indices, shape: [indices.count])
                }.forwardOnly
            }
        } + [
            OpCase("argmax", "many rows", [.normal([129, 1001])]) {
                Tensor(argmax($0[0]).map { Float($0) }, shape: [129])
            }.forwardOnly
        ]

    /// What changes places only.
    static let movements: [OpCase] = {
        let x = Input.normal([2, 5, 7, 3])
        let orders = [
            [0, 3, 1, 2], [0, 2, 3, 1], [3, 2, 1, 0], [1, 0, 2, 3], [0, 1, 3, 2], [2, 3, 0, 1],
            [0, 1, 2, 3],
        ]
        let transposes =
            orders.map { axes in
                OpCase("transpose", "axes \(axes)", [x]) { transpose($0[0], axes: axes) }
            } + [
                OpCase("transpose", "all axes reversed", [.normal([5, 7, 3])]) { transpose($0[0]) },
                OpCase("transpose", "a large matrix", [.normal([131, 67])]) {
                    transpose($0[0], axes: [1, 0])
                }.large,
                OpCase("transpose", "large images", [.normal([2, 9, 13, 64])]) {
                    transpose($0[0], axes: [0, 3, 1, 2])
                }.large,
            ]
        return transposes + joins + rows + [
            OpCase("reshape", "to a matrix", [x]) { $0[0].reshaped(to: [10, 21]) },
            OpCase("reshape", "used twice", [x]) {
                $0[0].reshaped(to: [70, 3]) * $0[0].reshaped(to: [70, 3])
            },
            OpCase("flatten", "images", [x]) { flatten($0[0]) },
            OpCase("flatten", "from axis 2", [x]) { flatten($0[0], from: 2) },
            OpCase("flatten", "from axis 0", [x]) { flatten($0[0], from: 0) },
        ]
    }()

    private static let joins: [OpCase] = [
        OpCase("concatenate", "channels", [.normal([2, 5, 7, 3]), .normal([2, 5, 7, 4])]) {
            concatenate($0, axis: -1)
        },
        OpCase(
            "concatenate", "images",
            [.normal([2, 5, 3]), .normal([1, 5, 3]), .normal([3, 5, 3])]
        ) { concatenate($0, axis: 0) },
        OpCase("concatenate", "rows", [.normal([2, 5, 7, 3]), .normal([2, 1, 7, 3])]) {
            concatenate($0, axis: 1)
        },
        OpCase("concatenate", "a tensor with itself", [.normal([2, 5])]) {
            concatenate([$0[0], $0[0], $0[0]], axis: 1)
        },
        OpCase("concatenate", "one tensor", [.normal([2, 5])]) { concatenate($0, axis: 0) },
        OpCase(
            "concatenate", "many channels", [.normal([3, 9, 13, 64]), .normal([3, 9, 13, 35])]
        ) {
            concatenate($0, axis: 3)
        }.large,
    ]

    private static let rows: [OpCase] = [
        OpCase("slice", "inside", [.normal([5, 7, 3])]) { slice($0[0], rows: 1..<4) },
        OpCase("slice", "the end", [.normal([5, 7, 3])]) { slice($0[0], rows: 4..<5) },
        OpCase("slice", "all", [.normal([5, 7])]) { slice($0[0], rows: 0..<5) },
        OpCase("slice", "two that overlap", [.normal([5, 7])]) {
            slice($0[0], rows: 0..<3) * slice($0[0], rows: 2..<5)
        },
        OpCase("gather", "in another order", [.normal([5, 7, 3])]) {
            gather($0[0], rows: [3, 0, 4])
        },
        OpCase("gather", "repeated", [.normal([5, 7])], .sums) {
            gather($0[0], rows: [3, 3, 0, 3, 1, 0, 3])
        },
        OpCase("gather", "repeated, long rows", [.normal([5, 10331])], .sums) {
            gather($0[0], rows: [3, 3, 0, 3, 1, 0, 3])
        }.large,
    ]

    /// Borders and other sizes.
    static let images: [OpCase] = {
        let x: Shape = [2, 5, 7, 3]
        var cases: [OpCase] = []
        for mode in [PadMode.zero, .reflect] {
            for (top, bottom, left, right) in [
                (1, 2, 3, 4), (0, 0, 0, 1), (4, 4, 6, 6), (0, 0, 0, 0),
            ] {
                let detail = "\(mode), \(top) \(bottom) \(left) \(right)"
                cases.append(
                    OpCase("pad", detail, [.normal(x)], .sums) {
                        pad($0[0], top: top, bottom: bottom, left: left, right: right, mode: mode)
                    })
            }
            cases.append(
                OpCase("pad", "\(mode), large", [.normal([3, 9, 13, 64])], .sums) {
                    pad($0[0], top: 2, bottom: 1, left: 0, right: 3, mode: mode)
                }.large)
        }
        let sizes = [(9, 11), (3, 4), (5, 7), (11, 3), (1, 1), (10, 14)]
        for (height, width) in sizes {
            for (detail, mode, alignCorners) in [
                ("bilinear", InterpolationMode.bilinear, false),
                ("bilinear, corners aligned", .bilinear, true), ("nearest", .nearest, false),
            ] {
                let size = Spatial(height: height, width: width)
                cases.append(
                    OpCase("interpolate", "\(detail), to \(size)", [.normal(x)], .sums) {
                        interpolate($0[0], size: size, mode: mode, alignCorners: alignCorners)
                    })
                cases.append(
                    OpCase("interpolate", "\(detail), to \(size)", [.normal([2, 6, 8, 35])], .sums)
                    {
                        interpolate($0[0], size: size, mode: mode, alignCorners: alignCorners)
                    }.large)
            }
        }
        return cases
    }()
}

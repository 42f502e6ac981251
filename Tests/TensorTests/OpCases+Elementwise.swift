import Tensor

extension OpCases {
    private typealias Binary = @Sendable (Tensor, Tensor) -> Tensor

    private static let binaries: [(String, Binary)] = [
        ("add", { $0 + $1 }), ("subtract", { $0 - $1 }), ("multiply", { $0 * $1 }),
        ("divide", { $0 / $1 }),
    ]

    /// Operators with numbers, and tensors used twice.
    static let arithmetic: [OpCase] = {
        let x = Input.awayFromZero([2, 5, 7, 3])
        return [
            OpCase("add", "a number on the right", [x]) { $0[0] + 2.5 },
            OpCase("add", "a number on the left", [x]) { 2.5 + $0[0] },
            OpCase("add", "to itself", [x]) { $0[0] + $0[0] },
            OpCase("add", "a negative number", [x]) { $0[0] - 2.5 },
            OpCase("subtract", "a number on the left", [x]) { 2.5 - $0[0] },
            OpCase("subtract", "negation", [x]) { -$0[0] },
            OpCase("subtract", "from a multiple of itself", [x]) { $0[0] * 3 - $0[0] },
            OpCase("multiply", "by a number on the right", [x]) { $0[0] * -1.5 },
            OpCase("multiply", "by a number on the left", [x]) { -1.5 * $0[0] },
            OpCase("multiply", "by itself", [x]) { $0[0] * $0[0] },
            OpCase("divide", "by a number", [x]) { $0[0] / 3 },
            OpCase("divide", "a number", [x]) { 2 / $0[0] },
            OpCase("divide", "by its square", [x]) { $0[0] / ($0[0] * $0[0]) },
        ]
    }()

    /// Two tensors of which either is repeated along some axes.
    static let broadcasting: [OpCase] = binaries.flatMap { name, function in
        let full: Shape = [2, 5, 7, 3]
        let pairs: [(String, Shape, Shape)] = [
            ("equal shapes", full, full),
            ("a channel vector on the right", full, [3]),
            ("a channel vector on the left", [3], full),
            ("a gate per image and channel", full, [2, 1, 1, 3]),
            ("a gate on the left", [2, 1, 1, 3], full),
            ("a column", full, [7, 1]), ("a row on the left", [5, 1, 1], full),
            ("a map per image", full, [2, 5, 7, 1]), ("one image for all", full, [1, 5, 7, 3]),
            ("outer axes", full, [2, 1, 7, 1]), ("a scalar", full, []),
            ("a scalar on the left", [1], full),
            ("both repeated", [2, 1, 7, 1], [1, 5, 1, 3]),
            ("both repeated, unequal ranks", [5, 1], [2, 1, 3]),
            ("odd vectors", [31], [31]),
        ]
        let large: [(String, Shape, Shape)] = [
            ("large, equal", [3, 9, 13, 64], [3, 9, 13, 64]),
            ("large, a channel vector", [3, 9, 13, 64], [64]),
            ("large, a gate", [3, 9, 13, 48], [3, 1, 1, 48]),
            ("large, one number a row", [3, 9, 13, 17], [3, 9, 13, 1]),
        ]
        let cases = pairs.map { detail, a, b in
            OpCase(name, detail, [.awayFromZero(a), .awayFromZero(b)], .sums) {
                function($0[0], $0[1])
            }
        }
        return cases
            + large.map { detail, a, b in
                OpCase(name, detail, [.awayFromZero(a), .awayFromZero(b)], .sums) {
                    function($0[0], $0[1])
                }.large
            }
    }

    /// Functions of one number.
    static let functions: [OpCase] = {
        let table: [(String, Input.Kind, @Sendable (Tensor) -> Tensor)] = [
            ("relu", .awayFromZero, { relu($0) }), ("gelu", .normal, { gelu($0) }),
            ("silu", .normal, { silu($0) }), ("sigmoid", .normal, { sigmoid($0) }),
            ("tanh", .normal, { tanh($0) }), ("exp", .normal, { exp($0) }),
            ("log", .positive, { log($0) }),
        ]
        return table.flatMap { name, kind, function in
            let wide: Input.Kind = name == "log" ? .positive : .wide
            return [
                OpCase(name, "images", [Input(shape: [2, 5, 7, 3], kind: kind)], .sums) {
                    function($0[0])
                },
                OpCase(name, "one number", [Input(shape: [], kind: kind)], .sums) {
                    function($0[0])
                },
                OpCase(name, "an odd count", [Input(shape: [3, 10331], kind: kind)], .sums) {
                    function($0[0])
                }.large,
                OpCase(name, "a wide range", [Input(shape: [7, 131], kind: wide)], .sums) {
                    function($0[0])
                }.large,
            ]
        } + dropouts
    }()

    private static let dropouts: [OpCase] = {
        let key = RandomKey(seed: 0x1234_5678_9ABC, purpose: .dropout, epoch: 3, index: 11)
        return [
            OpCase("dropout", "p = 0.3", [.normal([2, 5, 7, 3])]) {
                dropout($0[0], probability: 0.3, key: key)
            },
            OpCase("dropout", "p = 0", [.normal([5, 3])]) {
                dropout($0[0], probability: 0, key: key)
            },
            OpCase("dropout", "p = 0.9, many", [.normal([3, 10331])]) {
                dropout($0[0], probability: 0.9, key: key)
            }.large,
        ]
    }()
}

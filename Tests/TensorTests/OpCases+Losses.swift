import Tensor

extension OpCases {
    /// The losses with all that modifies them.
    static let losses: [OpCase] =
        labelLosses + distributionLosses + binaryLosses + diceLosses

    private static let labelLosses: [OpCase] = {
        let labels: [Int32] = [3, 0, 6, 3, 1]
        let ignoring: [Int32] = [3, -100, 6, -100, 1]
        let logits = Input.normal([5, 7])
        let weights = Input.constant([7], .positive)
        // A row a pixel: N·H·W labels.
        let map = (0..<70).map { (pixel: Int) -> Int32 in
            let label = pixel * 5 % 4
            return label == 3 ? 255 : Int32(label)
        }
        let many = (0..<67).map { Int32($0 * 14) }
        return [
            OpCase("crossEntropy", "labels", [logits], .cancelling) {
                crossEntropy($0[0], labels: labels)
            },
            OpCase("crossEntropy", "labels, sum", [logits], .cancelling) {
                crossEntropy($0[0], labels: labels, reduction: .sum)
            },
            OpCase("crossEntropy", "labels, smoothing", [logits], .cancelling) {
                crossEntropy($0[0], labels: labels, labelSmoothing: 0.1)
            },
            OpCase("crossEntropy", "labels, weights", [logits, weights], .cancelling) {
                crossEntropy($0[0], labels: labels, classWeights: $0[1])
            },
            OpCase("crossEntropy", "labels, some ignored", [logits], .cancelling) {
                crossEntropy($0[0], labels: ignoring)
            },
            OpCase("crossEntropy", "labels, everything", [logits, weights], .cancelling) {
                crossEntropy($0[0], labels: ignoring, labelSmoothing: 0.2, classWeights: $0[1])
            },
            OpCase("crossEntropy", "labels, everything, sum", [logits, weights], .cancelling) {
                crossEntropy(
                    $0[0], labels: ignoring, labelSmoothing: 0.2, classWeights: $0[1],
                    reduction: .sum)
            },
            OpCase(
                "crossEntropy", "a label a pixel",
                [.normal([2, 5, 7, 3]), .constant([3], .positive)],
                .cancelling
            ) { crossEntropy($0[0], labels: map, classWeights: $0[1], ignoreIndex: 255) },
            OpCase("crossEntropy", "large logits", [.wide([5, 7])], .cancelling) {
                crossEntropy($0[0] * 20, labels: labels)
            }.large,
            OpCase("crossEntropy", "many classes", [.normal([67, 1001])], .cancelling) {
                crossEntropy($0[0], labels: many, labelSmoothing: 0.1)
            }.large,
        ]
    }()

    private static let diceLosses: [OpCase] = {
        let map = (0..<70).map { Int32($0 * 5 % 3) }
        let ignoring = map.enumerated().map { (row: Int, label: Int32) -> Int32 in
            row % 6 == 2 ? 255 : label
        }
        let logits = Input.normal([2, 5, 7, 3])
        return [
            OpCase("diceLoss", "a label a pixel", [logits], .cancelling) {
                diceLoss($0[0], labels: map)
            },
            OpCase("diceLoss", "some ignored", [logits], .cancelling) {
                diceLoss($0[0], labels: ignoring, smoothing: 0.1, ignoreIndex: 255)
            },
            OpCase("diceLoss", "a class that is absent", [logits], .cancelling) {
                diceLoss($0[0], labels: map.map { min($0, 1) })
            },
            OpCase("diceLoss", "beside cross-entropy", [logits], .cancelling) {
                0.7 * diceLoss($0[0], labels: ignoring, ignoreIndex: 255)
                    + 1.3 * crossEntropy($0[0], labels: ignoring, ignoreIndex: 255)
            },
            OpCase("diceLoss", "many rows", [.wide([4_099, 5])], .cancelling) {
                diceLoss($0[0], labels: (0..<4_099).map { Int32($0 * 7 % 5) })
            }.large,
        ]
    }()

    private static let distributionLosses: [OpCase] = {
        let inputs: [Input] = [.normal([5, 7]), .constant([5, 7], .distributions)]
        let weights = Input.constant([7], .positive)
        return [
            OpCase("crossEntropy", "distributions", inputs, .cancelling) {
                crossEntropy($0[0], targets: $0[1])
            },
            OpCase("crossEntropy", "distributions, sum, smoothing", inputs, .cancelling) {
                crossEntropy($0[0], targets: $0[1], labelSmoothing: 0.1, reduction: .sum)
            },
            OpCase("crossEntropy", "distributions, weights", inputs + [weights], .cancelling) {
                crossEntropy($0[0], targets: $0[1], labelSmoothing: 0.1, classWeights: $0[2])
            },
            OpCase(
                "crossEntropy", "a distribution a pixel",
                [.normal([2, 5, 7, 3]), .constant([2, 5, 7, 3], .distributions)], .cancelling
            ) { crossEntropy($0[0], targets: $0[1]) },
            OpCase(
                "crossEntropy", "distributions, many classes",
                [.normal([67, 1001]), .constant([67, 1001], .distributions)], .cancelling
            ) { crossEntropy($0[0], targets: $0[1]) }.large,
        ]
    }()

    private static let binaryLosses: [OpCase] = {
        let name = "binaryCrossEntropyWithLogits"
        let inputs: [Input] = [.normal([5, 7]), .constant([5, 7], .fractions)]
        let weights = Input.constant([7], .positive)
        return [
            OpCase(name, "mean", inputs, .cancelling) {
                binaryCrossEntropyWithLogits($0[0], targets: $0[1])
            },
            OpCase(name, "sum", inputs, .cancelling) {
                binaryCrossEntropyWithLogits($0[0], targets: $0[1], reduction: .sum)
            },
            OpCase(name, "positive weights", inputs + [weights], .cancelling) {
                binaryCrossEntropyWithLogits($0[0], targets: $0[1], positiveWeight: $0[2])
            },
            OpCase(
                name, "a mask", [.normal([2, 5, 7, 3]), .constant([2, 5, 7, 3], .fractions)],
                .cancelling
            ) { binaryCrossEntropyWithLogits($0[0], targets: $0[1]) },
            OpCase(
                name, "large logits", [.wide([33, 101]), .constant([33, 101], .fractions)],
                .cancelling
            ) { binaryCrossEntropyWithLogits($0[0] * 10, targets: $0[1]) }.large,
        ]
    }()
}

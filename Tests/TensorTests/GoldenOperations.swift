import Tensor

/// What `Fixtures/make_golden.py` computed with PyTorch, here.
enum GoldenOperations {
    typealias Function = @Sendable ([Tensor]) -> Tensor

    static let all = functions.merging(layers) { $1 }.merging(losses) { $1 }.merging(images) { $1 }

    private static let functions: [String: Function] = [
        "relu": { relu($0[0]) }, "gelu": { gelu($0[0]) }, "silu": { silu($0[0]) },
        "sigmoid": { sigmoid($0[0]) }, "tanh": { tanh($0[0]) }, "exp": { exp($0[0]) },
        "softmax": { softmax($0[0]) }, "logSoftmax": { logSoftmax($0[0]) },
        "max ties": { max($0[0], axes: [1]) },
    ]

    private static let layers: [String: Function] = [
        "conv2d": {
            conv2d(
                $0[0], $0[1], bias: $0[2], stride: Spatial(height: 2, width: 1),
                padding: Spatial(height: 0, width: 2))
        },
        "conv2d groups dilation": {
            conv2d($0[0], $0[1], bias: $0[2], padding: 2, dilation: 2, groups: 2)
        },
        "conv2d depthwise": {
            conv2d($0[0], $0[1], bias: $0[2], stride: 2, padding: 1, groups: 3)
        },
        "linear": { linear($0[0], $0[1], $0[2]) },
        "batchNorm": { batchNorm($0[0], scale: $0[1], shift: $0[2]).output },
        "batchNorm residual relu": {
            batchNorm(
                $0[0], scale: $0[1], shift: $0[2], residual: $0[3], relu: true, epsilon: 1e-3
            ).output
        },
        "batchNormInference": {
            batchNormInference($0[0], scale: $0[1], shift: $0[2], mean: $0[3], variance: $0[4])
        },
    ]

    private static let losses: [String: Function] = {
        let labels: [Int32] = [3, 0, 6, 3, 1]
        let ignoring: [Int32] = [3, -100, 6, -100, 1]
        let pixels: [Int32] = (0..<12).map { (pixel: Int32) in
            pixel * 5 % 4 < 3 ? pixel * 5 % 4 : 255
        }
        return [
            "crossEntropy": { crossEntropy($0[0], labels: labels) },
            "crossEntropy smoothing": { crossEntropy($0[0], labels: labels, labelSmoothing: 0.1) },
            "crossEntropy weights": { crossEntropy($0[0], labels: labels, classWeights: $0[1]) },
            "crossEntropy ignore": { crossEntropy($0[0], labels: ignoring) },
            "crossEntropy all": {
                crossEntropy($0[0], labels: ignoring, labelSmoothing: 0.2, classWeights: $0[1])
            },
            "crossEntropy all sum": {
                crossEntropy(
                    $0[0], labels: ignoring, labelSmoothing: 0.2, classWeights: $0[1],
                    reduction: .sum)
            },
            "crossEntropy soft": { crossEntropy($0[0], targets: $0[1]) },
            "crossEntropy soft weights smoothing": {
                crossEntropy($0[0], targets: $0[1], labelSmoothing: 0.1, classWeights: $0[2])
            },
            "crossEntropy soft sum": { crossEntropy($0[0], targets: $0[1], reduction: .sum) },
            "crossEntropy pixels": {
                crossEntropy($0[0], labels: pixels, classWeights: $0[1], ignoreIndex: 255)
            },
            "binaryCrossEntropy": { binaryCrossEntropyWithLogits($0[0], targets: $0[1]) },
            "binaryCrossEntropy positive weight": {
                binaryCrossEntropyWithLogits(
                    $0[0], targets: $0[1], positiveWeight: $0[2], reduction: .sum)
            },
        ]
    }()

    private static let images: [String: Function] = {
        var table: [String: Function] = [
            "maxPool2d stem": { maxPool2d($0[0], kernel: 3, stride: 2, padding: 1) },
            "maxPool2d ties": { maxPool2d($0[0], kernel: 3, stride: 2, padding: 1) },
            "maxPool2d ceil": { maxPool2d($0[0], kernel: 2, ceilMode: true) },
            "maxPool2d padding ceil": {
                maxPool2d($0[0], kernel: 3, stride: 2, padding: 1, ceilMode: true)
            },
            "maxPool2d dilation": {
                maxPool2d($0[0], kernel: 2, stride: 1, padding: 1, dilation: 2)
            },
            "avgPool2d": { avgPool2d($0[0], kernel: 3, stride: 2, padding: 1) },
            "avgPool2d ceil": { avgPool2d($0[0], kernel: 2, ceilMode: true) },
            "avgPool2d padding ceil": {
                avgPool2d($0[0], kernel: 3, stride: 2, padding: 1, ceilMode: true)
            },
            "avgPool2d padding ceil uncounted": {
                avgPool2d(
                    $0[0], kernel: 3, stride: 2, padding: 1, ceilMode: true, countsPadding: false)
            },
            "adaptiveAvgPool2d": {
                adaptiveAvgPool2d($0[0], outputSize: Spatial(height: 2, width: 3))
            },
            "adaptiveAvgPool2d larger": {
                adaptiveAvgPool2d($0[0], outputSize: Spatial(height: 7, width: 9))
            },
            "pad zero": { pad($0[0], top: 1, bottom: 2, left: 3, right: 4) },
            "pad reflect": { pad($0[0], top: 1, bottom: 4, left: 3, right: 6, mode: .reflect) },
        ]
        table["interpolate nearest 82"] = {
            interpolate($0[0], size: Spatial(height: 82, width: 1), mode: .nearest)
        }
        for (height, width) in [(9, 11), (3, 4), (11, 1)] {
            let size = Spatial(height: height, width: width)
            table["interpolate bilinear \(height)"] = {
                interpolate($0[0], size: size, mode: .bilinear)
            }
            table["interpolate corners \(height)"] = {
                interpolate($0[0], size: size, mode: .bilinear, alignCorners: true)
            }
            table["interpolate nearest \(height)"] = {
                interpolate($0[0], size: size, mode: .nearest)
            }
        }
        return table
    }()
}

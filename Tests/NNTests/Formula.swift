import NN
import Support
import Tensor

// The Swift side of Fixtures/formula.py and of `fill` in Fixtures/make_fixtures.py.

private let golden: UInt32 = 0x9E37_79B9

private func mixed(_ value: UInt32) -> UInt32 {
    var h = value
    h ^= h >> 16
    h &*= 0x85EB_CA6B
    h ^= h >> 13
    h &*= 0xC2B2_AE35
    return h ^ (h >> 16)
}

func hashes(_ k: Int, _ count: Int) -> [UInt32] {
    let start = UInt32(truncatingIfNeeded: k) &* golden
    return (0..<count).map { mixed(UInt32(truncatingIfNeeded: $0) &+ start) }
}

func uniform(_ k: Int, _ count: Int) -> [Float] {
    hashes(k, count).map { Float($0 >> 8) * 0x1p-23 - 1 }
}

let sampleCount = 64
let projectionCount = 8

/// What the golden files keep of array `p`.
func samples(_ p: Int, _ values: [Float]) -> [Double] {
    var result: [Double]
    if values.count <= sampleCount {
        result = values.map(Double.init)
        result += repeatElement(0, count: sampleCount - values.count)
    } else {
        result = hashes(20_000 + p, sampleCount).map { Double(values[Int($0) % values.count]) }
    }
    var projections = [Double](repeating: 0, count: projectionCount)
    var squares = 0.0
    let start = UInt32(truncatingIfNeeded: 30_000 + p) &* golden
    for (e, value) in values.enumerated() {
        let bits = mixed(UInt32(truncatingIfNeeded: e) &+ start)
        let value = Double(value)
        for q in 0..<projectionCount {
            projections[q] += (bits >> UInt32(q)) & 1 == 1 ? value : -value
        }
        squares += value * value
    }
    return result + projections + [squares.squareRoot()]
}

/// State for every entry of `model`, by the rules of the Python script. `biases` has one byte for
/// each output of a normalisation in front of a ReLU.
func formulaState(
    _ model: some Module, biases: [UInt8]
) -> [(key: String, entry: StateEntry)] {
    var biases = biases[...]
    let state = model.stateDict().enumerated().map { k, pair in
        let (key, entry) = pair
        guard !key.hasSuffix("num_batches_tracked") else { return (key: key, entry: StateEntry(3)) }
        let u = uniform(k, entry.count)
        let values: [Float]
        switch key {
        case _ where entry.shape.count == 4:
            let bound = Float((6 / Double(entry.count / entry.shape[0])).squareRoot())
            values = u.map { $0 * bound }
        case _ where entry.shape.count == 2:
            let bound = Float((6 / Double(entry.shape[1])).squareRoot())
            values = u.map { $0 * bound }
        case _ where key.hasSuffix("running_var"): values = u.map { 1 + $0 * 0.5 }
        case _ where key.hasSuffix("running_mean"): values = u.map { $0 * 0.25 }
        case _ where key.hasSuffix("bn3.weight"): values = u.map { 0.25 + $0 * 0.0625 }
        case _ where key.hasSuffix("bn2.weight"): values = u.map { 0.5 + $0 * 0.125 }
        case _ where key.hasSuffix("weight"): values = u.map { 1 + $0 * 0.25 }
        case _ where key == "fc.bias" || key.contains(".downsample."):
            values = u.map { $0 * 0.125 }
        default:
            values = biases.prefix(entry.count).map { (Float($0) - 128) / 1024 }
            biases = biases.dropFirst(entry.count)
        }
        return (key, StateEntry(Tensor(values, shape: Shape(entry.shape))))
    }
    guard biases.isEmpty else { fatalError("\(biases.count) biases too many") }
    return state
}

/// Images from the formula, `[N, H, W, C]` here; the formula counts in PyTorch's order, N C H W.
func formulaImages(_ k: Int, _ count: Int, _ height: Int, _ width: Int) -> Tensor {
    let planar = uniform(k, count * 3 * height * width)
    var values = [Float](repeating: 0, count: planar.count)
    for n in 0..<count {
        for c in 0..<3 {
            for pixel in 0..<height * width {
                values[(n * height * width + pixel) * 3 + c] =
                    2 * planar[(n * 3 + c) * height * width + pixel]
            }
        }
    }
    return Tensor(values, shape: [count, height, width, 3])
}

/// The path of a file in the folder of golden files.
func fixture(_ name: String) -> String {
    var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    parts += ["Fixtures", Substring(name)]
    return parts.joined(separator: "/")
}

/// ‖a − b‖ / ‖b‖.
func relativeError(_ a: some Sequence<Double>, _ b: some Sequence<Double>) -> Double {
    var difference = 0.0
    var norm = 0.0
    for (x, y) in zip(a, b) {
        difference += (x - y) * (x - y)
        norm += y * y
    }
    return (difference / norm).squareRoot()
}

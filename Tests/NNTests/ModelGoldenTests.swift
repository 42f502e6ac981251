import NN
import Tensor
import Testing

/// Whole models against PyTorch's float64 results: logits, every gradient of a training step,
/// running statistics.
///
/// For scale: PyTorch in float32 is itself 5e-6 away from its float64 logits of ResNet-101 in
/// training, and 1e-5 from the gradients.
@Suite(.serialized) struct ModelGoldenTests {
    static let cases: [(name: String, count: Int, height: Int, width: Int, classes: Int)] = [
        ("cifar10-cnn", 5, 32, 32, 10), ("airbench94", 2, 32, 32, 10),
        ("airbench96", 2, 32, 32, 10),
        ("resnet18", 3, 72, 56, 1000),
        ("resnet34", 3, 72, 56, 1000), ("resnet50", 3, 72, 56, 1000),
        ("resnet101", 3, 72, 56, 1000),
    ]

    @Test(arguments: cases)
    func matchesPyTorch(
        _ name: String, _ count: Int, _ height: Int, _ width: Int, _ classes: Int
    ) throws {
        let golden = try SafetensorsFile(path: fixture("golden.safetensors"))
        func expected(_ key: String) throws -> [Double] {
            try #require(golden["\(name).\(key)"]).floats().map(Double.init)
        }
        let model = try ModelRegistry.make(name, classCount: classes, seed: nil)
        let biases = try #require(golden["\(name).biases"]).bytes()
        try model.loadStateDict(formulaState(model, biases: biases))
        let x = formulaImages(10_000, count, height, width)
        let labels = (0..<count).map { Int32((7 * $0 + 3) % classes) }

        let inference = model(x, .inference).array().map(Double.init)
        #expect(relativeError(inference, try expected("inference")) <= 1e-5)

        var logits: [Double] = []
        let parameters = model.namedParameters
        let (loss, gradients) = valueWithGradients(of: parameters.map(\.parameter)) {
            let output = model(x, .training(Randomness(seed: 77, step: 5)))
            logits = output.array().map(Double.init)
            return crossEntropy(output, labels: labels)
        }
        #expect(relativeError(logits, try expected("training")) <= 1e-5)
        #expect(abs(Double(loss.scalar()) - (try expected("loss")[0])) <= 1e-5 * 8)

        let found = try parameters.enumerated().map { p, named in
            let gradient = try #require(gradients[named.parameter], "\(named.key)")
            return samples(p, try borderValues(gradient, named.parameter.role))
        }
        let keys = parameters.map(\.key)
        compare(found, try expected("gradients"), keys: keys, limit: 1e-4)
        let statistics = model.namedStatistics
        let moved = statistics.enumerated().map { samples(1_000 + $0, $1.statistic.value.array()) }
        compare(
            moved, try expected("statistics"), keys: statistics.map(\.key), limit: 1e-5)
        for (key, entry) in model.stateDict() where key.hasSuffix("num_batches_tracked") {
            #expect(try entry.integers() == [4], "\(key)")
        }
    }

    /// Checks all kept numbers: together, and tensor by tensor with ten times the limit. Elements
    /// and projections are compared apart, as they differ in size.
    private func compare(
        _ found: [[Double]], _ expected: [Double], keys: [String], limit: Double
    ) {
        let width = sampleCount + projectionCount + 1
        #expect(found.count == keys.count)
        #expect(expected.count == keys.count * width)
        for part in [0..<sampleCount, sampleCount..<width] {
            var all: (found: [Double], expected: [Double]) = ([], [])
            for (row, key) in keys.enumerated() {
                let ours = found[row][part]
                let truth = part.map { expected[row * width + $0] }
                let error = relativeError(ours, truth)
                #expect(error <= 10 * limit, "\(key)")
                all.found += ours
                all.expected += truth
            }
            #expect(relativeError(all.found, all.expected) <= limit)
        }
    }

    private func borderValues(_ gradient: Tensor, _ role: ParameterRole) throws -> [Float] {
        try StateEntry(Parameter(gradient, role: role)).floats()
    }
}

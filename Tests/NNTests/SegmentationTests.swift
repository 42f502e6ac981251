import NN
import Tensor
import Testing

/// Segmentation models against torchvision's float64 outputs, and what holds for all of them.
@Suite(.serialized) struct SegmentationTests {
    /// State by the rules of `fill` in Fixtures/make_segmentation_fixtures.py.
    private func segmentationState(_ model: some Module) -> [(key: String, entry: StateEntry)] {
        model.stateDict().enumerated().map { k, pair in
            let (key, entry) = pair
            guard !key.hasSuffix("num_batches_tracked") else { return (key, StateEntry(3)) }
            let u = uniform(k, entry.count)
            let values: [Float]
            switch key {
            case _ where entry.shape.count == 4:
                let bound = Float((6 / Double(entry.count / entry.shape[0])).squareRoot())
                values = u.map { $0 * bound }
            case _ where key.hasSuffix("running_var"): values = u.map { 1 + $0 * 0.5 }
            case _ where key.hasSuffix("bn3.weight"): values = u.map { 0.25 + $0 * 0.0625 }
            case _ where key.hasSuffix("weight"): values = u.map { 1 + $0 * 0.25 }
            default: values = u.map { $0 * 0.125 }
            }
            return (key, StateEntry(Tensor(values, shape: Shape(entry.shape))))
        }
    }

    private static let names = ["fcn_resnet50", "deeplabv3_resnet50", "unet-resnet18"]

    @Test(arguments: names.indices)
    func matchesPyTorch(_ number: Int) throws {
        let name = Self.names[number]
        let golden = try SafetensorsFile(path: fixture("segmentation.safetensors"))
        let model = try ModelRegistry.make(
            name, classCount: 5, seed: nil, options: ModelOptions(dropout: 0))
        try model.loadStateDict(segmentationState(model))
        let x = formulaImages(10_000, 2, 43, 58)
        for (phase, key) in [
            (Phase.inference, "inference"), (.training(Randomness(seed: 1, step: 0)), "training"),
        ] {
            let output = model(x, phase)
            #expect(output.shape == [2, 43, 58, 5])
            let expected = try #require(golden["\(name).\(key)"]).floats().map(Double.init)
            let found = samples(number, output.array())
            #expect(found.count == expected.count)
            for part in [0..<sampleCount, sampleCount..<found.count] {
                let error = relativeError(found[part], expected[part])
                #expect(error <= 2e-5, "\(key): \(error)")
            }
        }
    }

    @Test(arguments: names)
    func keysAndShapesAreTorchvisions(_ name: String) throws {
        let lines = try readText("segmentation_keys.txt").split(separator: "\n").map(String.init)
        let start = try #require(lines.firstIndex { $0.hasPrefix("\(name) ") })
        let count = try #require(Int(lines[start].split(separator: " ")[1]))
        let model = try ModelRegistry.make(name, classCount: 5, seed: nil)
        let found = model.stateDict().map { key, entry in
            "\(key) "
                + (entry.shape.isEmpty ? "-" : entry.shape.map(String.init).joined(separator: "x"))
        }
        #expect(found == Array(lines[(start + 1)...(start + count)]))
    }

    @Test(arguments: ["unet-resnet18", "deeplabv3_resnet18"])
    func everyParameterLearns(_ name: String) throws {
        let model = try ModelRegistry.make(
            name, classCount: 3, seed: 4, options: ModelOptions(zeroInitResidual: false))
        let x = formulaImages(62_000, 2, 33, 47)
        let labels = (0..<(2 * 33 * 47)).map { (pixel: Int) -> Int32 in
            let label = Int32(pixel % 4)
            return label == 3 ? 255 : label
        }
        let parameters = model.namedParameters
        let optimizer = SGD(
            ParameterGroup.standard(parameters, weightDecay: 0), momentum: 0.9)
        var losses: [Float] = []
        for step in 0..<6 {
            let (loss, gradients) = valueWithGradients(of: parameters.map(\.parameter)) {
                // The same dropout at every step: another one moves the loss more than a step does.
                let logits = model(x, .training(Randomness(seed: 1, step: 0)))
                return crossEntropy(logits, labels: labels, ignoreIndex: 255)
                    + 0.5 * diceLoss(logits, labels: labels, ignoreIndex: 255)
            }
            losses.append(loss.scalar())
            if step == 0 {
                for (key, parameter) in parameters {
                    let gradient = try #require(gradients[parameter], "\(key)").array()
                    #expect(gradient.contains { $0 != 0 }, "\(key)")
                }
            }
            optimizer.step(gradients, learningRate: 0.002)
        }
        #expect(losses[5] < losses[0], "\(losses)")
    }
}

import NN
import Tensor
import Testing

struct LayerTests {
    /// Running statistics over two batches of different sizes, against sums in Double: the variance
    /// that goes in is the unbiased one.
    @Test func runningStatisticsAreUnbiased() {
        let layer = BatchNorm2d(3, momentum: 0.3)
        var mean = [Double](repeating: 0, count: 3)
        var variance = [Double](repeating: 1, count: 3)
        for (number, shape) in [[2, 3, 5, 3], [1, 1, 2, 3]].enumerated() {
            let x = Tensor(uniform(70_000 + number, shape.reduce(1, *)), shape: Shape(shape))
            _ = layer(x, .training(Randomness(seed: 0, step: number)))
            let values = x.array().map(Double.init)
            let count = Double(values.count / 3)
            for c in 0..<3 {
                let channel = stride(from: c, to: values.count, by: 3).map { values[$0] }
                let average = channel.reduce(0, +) / count
                let squares = channel.reduce(0) { $0 + ($1 - average) * ($1 - average) }
                mean[c] = 0.7 * mean[c] + 0.3 * average
                variance[c] = 0.7 * variance[c] + 0.3 * squares / (count - 1)
            }
        }
        for c in 0..<3 {
            #expect(abs(Double(layer.runningMean.value.array()[c]) - mean[c]) < 1e-6)
            #expect(abs(Double(layer.runningVariance.value.array()[c]) - variance[c]) < 1e-6)
        }
        #expect(layer.batchCount.value == 2)
    }

    @Test func inferenceLeavesStatisticsAlone() {
        let layer = BatchNorm2d(3)
        let before = layer.runningMean.value.array()
        _ = layer(Tensor.ones([2, 2, 2, 3]), .inference)
        #expect(layer.runningMean.value.array() == before)
        #expect(layer.batchCount.value == 0)
    }

    @Test func oneValuePerChannelCannotBeNormalised() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent])
        {
            _ = BatchNorm2d(4)(Tensor.ones([1, 1, 1, 4]), .training(Randomness(seed: 0, step: 0)))
        }
        #expect(
            message(result).contains(
                "training needs more than 1 value per channel, but x is [1, 1, 1, 4]"))
    }

    /// The fused form is the three operations one after another.
    @Test func fusedNormalisationEqualsItsParts() {
        let shape: Shape = [2, 3, 5, 7]
        let x = Tensor(uniform(71_000, shape.count), shape: shape)
        let residual = Tensor(uniform(71_001, shape.count), shape: shape)
        for phase in [Phase.inference, .training(Randomness(seed: 0, step: 0))] {
            let fused = BatchNorm2d(7)(x, phase, residual: residual, relu: true).array()
            let parts = relu(BatchNorm2d(7)(x, phase) + residual).array()
            for (a, b) in zip(fused, parts) { #expect(abs(a - b) < 2e-6) }
        }
    }

    @Test func dropoutFollowsSeedStepAndLayer() {
        let x = Tensor.ones([31, 17])
        func mask(seed: UInt64, step: Int, layer: Int) -> [Float] {
            Dropout(probability: 0.25, layerIndex: layer)(
                x, .training(Randomness(seed: seed, step: step))
            ).array()
        }
        let first = mask(seed: 1, step: 2, layer: 3)
        #expect(first == mask(seed: 1, step: 2, layer: 3))
        #expect(first != mask(seed: 2, step: 2, layer: 3))
        #expect(first != mask(seed: 1, step: 3, layer: 3))
        #expect(first != mask(seed: 1, step: 2, layer: 4))
        #expect(first.allSatisfy { $0 == 0 || abs($0 - 4 / 3) < 1e-6 })
        let dropped = first.count { $0 == 0 }
        #expect((95...170).contains(dropped))  // 527 · ¼ ± 4 deviations
        #expect(Dropout(probability: 0.25)(x, .inference).array() == x.array())
    }

    @Test func dropoutLayersAreNumberedByPlace() {
        let model = Sequential(
            Dropout(probability: 0.5), Sequential(ReLU(), Dropout(probability: 0.5)),
            Dropout(probability: 0.5))
        model.assignLayerIndices()
        let indices = model.namedModules.compactMap { ($0.module as? Dropout)?.layerIndex }
        #expect(indices == [0, 1, 2])
    }

    /// The shape rule of every layer agrees with what the layer does.
    @Test func shapesAreForetold() {
        let images: Shape = [2, 11, 14, 6]
        let layers: [any Module] = [
            Conv2d(
                inChannels: 6, outChannels: 4, kernelSize: Spatial(height: 3, width: 5), stride: 2,
                padding: Spatial(height: 1, width: 0), dilation: Spatial(height: 2, width: 1),
                groups: 2),
            MaxPool2d(kernelSize: 3, stride: 2, padding: 1),
            MaxPool2d(kernelSize: 2, ceilMode: true),
            MaxPool2d(kernelSize: 3, stride: 3, padding: 1, ceilMode: true),
            AvgPool2d(kernelSize: Spatial(height: 2, width: 3), stride: 2),
            AvgPool2d(kernelSize: 3, stride: 2, padding: 1, ceilMode: true, countsPadding: false),
            AdaptiveAvgPool2d(outputSize: Spatial(height: 3, width: 4)), GlobalAveragePool(),
            BatchNorm2d(6), ReLU(), Flatten(), Identity(), Dropout(probability: 0.1),
            Sequential(Flatten(), Linear(inFeatures: 11 * 14 * 6, outFeatures: 3)),
        ]
        for layer in layers {
            let foretold = Stage("one", [layer])
            let part = Whole(stages: [foretold]).prefix(through: "one")
            #expect(
                part.outputShape(for: images) == layer(Tensor.ones(images), .inference).shape,
                "\(type(of: layer))")
        }
    }

    private final class Whole: StagedModel {
        let stages: [Stage]
        init(stages: [Stage]) { self.stages = stages }
    }
}

import NN
import Tensor
import Testing

/// What the builder of plans makes of layers in every order: fusion must never change a result, nor
/// may a buffer be written while it is still needed.
struct PlanFusionTests {
    /// Both results for images of `shape`, and the number of steps between the copies.
    private func compare(_ model: any Module, _ shape: Shape, _ name: String) -> Int {
        model.initialize(seed: 3)
        disturb(model)
        let images = Tensor(uniform(70_500, shape.count), shape: shape)
        let plan = InferencePlan(model, input: shape, probabilities: false)
        let found = plan(images.array())[0]
        let expected = model(images, .inference).array()
        #expect(found.count == expected.count, "\(name)")
        let difference = relativeError(found.map(Double.init), expected.map(Double.init))
        #expect(difference <= 1e-5, "\(name): \(difference)")
        let single = InferencePlan(sharing: plan, capacity: 1)
        let (imageLength, rowLength) = (shape.count / shape[0], found.count / shape[0])
        for image in 0..<shape[0] {
            let alone = Array(images.array()[image * imageLength..<(image + 1) * imageLength])
            #expect(
                single(alone) == [Array(found[image * rowLength..<(image + 1) * rowLength])],
                "\(name)")
        }
        return plan.stepCount - 2
    }

    private func convolution(_ inputs: Int, _ outputs: Int, bias: Bool = true) -> Conv2d {
        let layer = Conv2d(
            inChannels: inputs, outChannels: outputs, kernelSize: 3, padding: 1, bias: bias)
        layer.initialize(seed: 3)
        return layer
    }

    @Test func chains() {
        let cases: [(String, [any Module], Int)] = [
            ("nothing", [Identity(), Dropout(probability: 0.5)], 0),
            ("a lone normalisation", [BatchNorm2d(5)], 1),
            ("a normalisation first", [BatchNorm2d(5), ReLU(), convolution(5, 6)], 2),
            ("two normalisations", [convolution(5, 6), BatchNorm2d(6), BatchNorm2d(6)], 1),
            ("normalisation behind a ReLU", [convolution(5, 6), ReLU(), BatchNorm2d(6)], 2),
            ("two ReLUs", [convolution(5, 6), ReLU(), ReLU()], 1),
            ("a lone ReLU", [ReLU()], 1),
            ("a bias and dropout", [convolution(5, 6), Dropout(probability: 0.5), ReLU()], 1),
            (
                "normalisation behind a maximum",
                [convolution(5, 6, bias: false), MaxPool2d(kernelSize: 2), BatchNorm2d(6)], 2
            ),
            (
                "means",
                [AvgPool2d(kernelSize: 3, stride: 2, padding: 1, countsPadding: false), ReLU()], 2
            ),
            (
                "a head",
                [
                    AdaptiveAvgPool2d(outputSize: Spatial(height: 2, width: 3)), Flatten(),
                    Linear(inFeatures: 30, outFeatures: 9), ReLU(), Flatten(),
                    Linear(inFeatures: 9, outFeatures: 4, bias: false),
                ], 3
            ),
            ("one pixel", [GlobalAveragePool(), Linear(inFeatures: 5, outFeatures: 3)], 2),
        ]
        for (name, layers, steps) in cases {
            let model = Sequential(layers)
            #expect(compare(model, [3, 9, 7, 5], name) == steps, "\(name)")
        }
    }

    /// A maximum may not change places with a negative factor.
    @Test func negativeFactorsStayBehindTheMaximum() {
        let model = Sequential(
            convolution(5, 6), MaxPool2d(kernelSize: 2), Negated(BatchNorm2d(6)))
        #expect(compare(model, [2, 8, 8, 5], "negative factors") == 3)
    }

    /// A model that diverged must not look as if it had not.
    @Test(arguments: [5, 16])
    func whatIsNoNumberStaysNone(_ channels: Int) throws {
        let norm = BatchNorm2d(16)
        norm.bias.value.assign([.nan, 0, .infinity] + [Float](repeating: 0, count: 13))
        let model = Sequential(convolution(channels, 16), norm, ReLU())
        let images = Tensor(uniform(70_600, channels * 64), shape: [1, 8, 8, channels])
        let plan = InferencePlan(model, input: images.shape, probabilities: false)
        let found = plan(images.array())[0]
        let expected = model(images, .inference).array()
        #expect(found.map(\.isNaN) == expected.map(\.isNaN))
        #expect(found.map(\.isInfinite) == expected.map(\.isInfinite))
        #expect(found.contains { $0.isNaN })
    }

    /// Networks of random layers with random connections: every value may be used again much later.
    @Test(arguments: 0..<40)
    func randomNetworks(_ seed: Int) {
        let model = RandomNetwork(seed: seed)
        let shape: Shape = [1 + seed % 3, 6, 5, RandomNetwork.channels]
        _ = compare(model, shape, "network \(seed)")
    }
}

/// −f(x).
private final class Negated: Module {
    let layer: BatchNorm2d

    init(_ layer: BatchNorm2d) { self.layer = layer }

    func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor { -1 * layer(x, phase) }

    func outputShape(for input: Shape, noting trace: inout ShapeTrace) -> Shape { input }

    func lower(_ x: PlanValue, into plan: inout PlanBuilder) -> PlanValue {
        let channels = layer.channels
        return plan.affine(
            layer.lower(x, into: &plan), factors: [Double](repeating: -1, count: channels),
            offsets: [Double](repeating: 0, count: channels))
    }
}

/// Layers that keep the shape; each is fed with one of all values so far, or two.
private final class RandomNetwork: Module {
    static let channels = 4

    private enum Step {
        case layer(any Module, Int)
        case gelu(Int)
        case sum(Int, Int)
    }

    let layers: [any Module]
    private let steps: [Step]

    init(seed: Int) {
        var random = RandomStream(seed: 5, purpose: .synthesis, index: seed)
        var steps: [Step] = []
        var layers: [any Module] = []
        for count in 1...(4 + random.integer(below: 14)) {
            // Mostly what came last, so that there is something to fuse.
            func pick() -> Int {
                random.integer(below: 3) > 0 ? count - 1 : random.integer(below: count)
            }
            func append(_ layer: any Module) {
                layers.append(layer)
                steps.append(.layer(layer, pick()))
            }
            switch random.integer(below: 8) {
            case 0, 1:
                append(
                    Conv2d(
                        inChannels: Self.channels, outChannels: Self.channels, kernelSize: 3,
                        padding: 1, bias: random.integer(below: 2) == 0))
            case 2, 3: append(BatchNorm2d(Self.channels))
            case 4: append(ReLU())
            case 5: append(MaxPool2d(kernelSize: 3, stride: 1, padding: 1))
            case 6: steps.append(.gelu(pick()))
            default: steps.append(.sum(pick(), pick()))
            }
        }
        self.layers = layers
        self.steps = steps
    }

    func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor {
        var values = [x]
        for step in steps {
            switch step {
            case .layer(let layer, let source): values.append(layer(values[source], phase))
            case .gelu(let source): values.append(gelu(values[source]))
            case .sum(let first, let second): values.append(values[first] + values[second])
            }
        }
        return values[values.count - 1]
    }

    func outputShape(for input: Shape, noting trace: inout ShapeTrace) -> Shape { input }

    func lower(_ x: PlanValue, into plan: inout PlanBuilder) -> PlanValue {
        var values = [x]
        for step in steps {
            switch step {
            case .layer(let layer, let source):
                values.append(layer.lower(values[source], into: &plan))
            case .gelu(let source): values.append(plan.unary(.gelu, values[source]))
            case .sum(let first, let second):
                values.append(plan.add(values[first], values[second]))
            }
        }
        return values[values.count - 1]
    }
}

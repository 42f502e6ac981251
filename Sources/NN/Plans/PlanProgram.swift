import Tensor

/// One call of the backend.
struct PlanStep {
    enum Kernel {
        /// From the caller's memory.
        case load
        case convolution(Conv2dGeometry, PlanConstants.Entry, relu: Bool)
        case unary(UnaryFunction)
        case maxPool(Pool2dGeometry)
        case averagePool(Pool2dGeometry)
        case adaptivePool(AdaptivePoolGeometry)
        case interpolate(InterpolationGeometry)
        /// Into some of the channels of a value that several steps make together.
        case place(BlockCopyGeometry)
        case softmax(columns: Int)
    }

    /// What to do, for one image.
    let kernel: Kernel
    /// The value that goes in; −1 for `load`.
    let x: Int
    /// The residual; −1 where there is none.
    let second: Int
    /// The value that comes out.
    let y: Int
}

/// A model lowered for images of one size: its steps and constants, for batches of any size.
final class PlanProgram {
    /// Where it runs.
    let backend: any Backend
    /// The shape of a batch of one.
    let inputShape: Shape
    /// The values that come out, and their shapes for a batch of one.
    let outputs: [(value: Int, shape: Shape)]
    /// The steps in order.
    let steps: [PlanStep]
    /// The elements of each value for one image.
    let valueCounts: [Int]
    /// Filters and biases.
    let constants: PlanConstants

    /// Whether images come one by one, which other algorithms are best for.
    let isForSingleImages: Bool

    /// Lowers `model` for images of shape `[1, H, W, C]`.
    init(
        _ model: any Module, image: Shape, probabilities: Bool, isForSingleImages: Bool,
        on backend: any Backend
    ) {
        self.isForSingleImages = isForSingleImages
        var builder = PlanBuilder(image: image, isForSingleImages: isForSingleImages)
        var outputs = model.lowerOutputs(builder.input, into: &builder)
        if probabilities { outputs = outputs.map { builder.softmax($0) } }
        var graph = builder.finish(outputs)
        graph.fuse()
        constants = PlanConstants(graph.convolutions, on: backend)
        var translation = Translation(graph, constants)
        translation.run()
        self.backend = backend
        inputShape = image
        self.outputs = zip(graph.outputs, outputs).map {
            (translation.valueOfNode[$0], $1.shape)
        }
        steps = translation.steps
        valueCounts = translation.valueCounts
    }
}

extension PlanProgram {
    /// What the values of `capacity` images need: room from the step that makes them to the last
    /// that reads them, or to the end.
    func buffers(capacity: Int) -> [BufferRequest] {
        var lifetimes = [ClosedRange<Int>?](repeating: nil, count: valueCounts.count)
        for (index, step) in steps.enumerated() {
            for value in [step.x, step.second, step.y] where value >= 0 {
                lifetimes[value] = (lifetimes[value]?.lowerBound ?? index)...index
            }
        }
        for output in outputs {
            lifetimes[output.value] = (lifetimes[output.value]?.lowerBound ?? 0)...steps.count
        }
        return zip(valueCounts, lifetimes).map { count, lifetime in
            BufferRequest(byteCount: capacity * count * 4, lifetime: lifetime ?? 0...0)
        }
    }
}

extension PlanGraph {
    /// The convolutions in order.
    fileprivate var convolutions: [PlanConvolution] {
        nodes.compactMap {
            if case .convolution(let convolution) = $0.operation { convolution } else { nil }
        }
    }
}

/// Makes steps of nodes.
private struct Translation {
    let graph: PlanGraph
    let constants: PlanConstants
    var steps: [PlanStep] = []
    var valueCounts: [Int] = []
    private(set) var valueOfNode: [Int]
    private var nextConstants = 0

    init(_ graph: PlanGraph, _ constants: PlanConstants) {
        self.graph = graph
        self.constants = constants
        valueOfNode = [Int](repeating: -1, count: graph.nodes.count)
    }

    mutating func run() {
        for (place, node) in graph.nodes.enumerated() {
            let inputs = node.inputs.map { valueOfNode[$0] }
            func step(_ kernel: PlanStep.Kernel, second: Int = -1) {
                valueOfNode[place] = newValue(node.shape.count)
                steps.append(
                    PlanStep(
                        kernel: kernel, x: inputs.first ?? -1, second: second,
                        y: valueOfNode[place]))
            }
            switch node.operation {
            case .removed: break
            case .reshape: valueOfNode[place] = inputs[0]
            case .input: step(.load)
            case .convolution(let convolution):
                let entry = constants.entries[nextConstants]
                nextConstants += 1
                step(
                    .convolution(convolution.geometry, entry, relu: convolution.relu),
                    second: convolution.addsResidual ? inputs[1] : -1)
            case .affine, .sum: fatalError("PlanProgram: \(node.operation) was not fused")
            case .unary(let function): step(.unary(function))
            case .maxPool(let geometry): step(.maxPool(geometry))
            case .averagePool(let geometry): step(.averagePool(geometry))
            case .adaptivePool(let geometry): step(.adaptivePool(geometry))
            case .interpolate(let geometry): step(.interpolate(geometry))
            case .concatenate: concatenate(place, node)
            case .softmax: step(.softmax(columns: node.shape[-1]))
            }
        }
    }

    /// A step for each input, which puts its channels where they belong.
    private mutating func concatenate(_ place: Int, _ node: PlanGraph.Node) {
        let result = newValue(node.shape.count)
        valueOfNode[place] = result
        var offset = 0
        for input in node.inputs {
            let shape = graph.nodes[input].shape
            let geometry = BlockCopyGeometry(
                blockCount: shape[1] * shape[2], blockLength: shape[3], sourceOffset: 0,
                sourceStride: shape[3], destinationOffset: offset, destinationStride: node.shape[3])
            steps.append(
                PlanStep(kernel: .place(geometry), x: valueOfNode[input], second: -1, y: result))
            offset += shape[3]
        }
    }

    private mutating func newValue(_ count: Int) -> Int {
        valueCounts.append(count)
        return valueCounts.count - 1
    }
}

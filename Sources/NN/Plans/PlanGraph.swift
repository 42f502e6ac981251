import Tensor

/// factor · x + offset for each channel, in the precision in which it is folded.
struct ChannelAffine {
    var factors: [Double]
    var offsets: [Double]
}

/// A convolution that a plan will run, with all that has been folded into it.
struct PlanConvolution {
    /// `[R, S, I/groups, O]`, or `[I, O]` of a linear layer. A snapshot: tensors are values.
    let filter: Tensor
    /// `[O]`.
    let bias: Tensor?
    /// Of one image.
    let geometry: Conv2dGeometry
    /// What comes after filter and bias, output channel by output channel.
    var affine: ChannelAffine?
    /// Whether a second input is added then.
    var addsResidual = false
    /// Whether negative values are cut at last.
    var relu = false

    /// Whether a channel's factor and offset can still move into filter and bias.
    var isLinear: Bool { !addsResidual && !relu }

    /// The same with another factor and offset behind it.
    func followed(by next: ChannelAffine) -> PlanConvolution {
        var result = self
        result.affine =
            affine.map { first in
                ChannelAffine(
                    factors: zip(first.factors, next.factors).map { $0 * $1 },
                    offsets: first.offsets.indices.map {
                        first.offsets[$0] * next.factors[$0] + next.offsets[$0]
                    })
            } ?? next
        return result
    }
}

/// What a node of a plan does.
enum PlanOperation {
    case input
    case convolution(PlanConvolution)
    case affine(ChannelAffine)
    case sum
    case unary(UnaryFunction)
    case maxPool(Pool2dGeometry)
    case averagePool(Pool2dGeometry)
    case adaptivePool(AdaptivePoolGeometry)
    case interpolate(InterpolationGeometry)
    /// Along the channels.
    case concatenate
    case reshape
    case softmax
    /// Fused into another node, or without use.
    case removed
}

/// A model as operations on values of one image, in an order in which they can run.
struct PlanGraph {
    struct Node {
        var operation: PlanOperation
        /// The nodes whose values go in.
        var inputs: [Int]
        /// Of the value that comes out, `[1, …]`.
        let shape: Shape
    }

    private(set) var nodes: [Node] = []
    /// The nodes whose values come out, in order.
    var outputs: [Int] = []

    mutating func append(_ operation: PlanOperation, _ inputs: [Int], _ shape: Shape) -> Int {
        nodes.append(Node(operation: operation, inputs: inputs, shape: shape))
        return nodes.count - 1
    }

    /// Folds factors and offsets, sums and ReLUs into the convolutions that they follow.
    ///
    /// A convolution that takes in a later node moves to that node's place, where the residual is
    /// there too. Only a value with a single use can disappear like that. Factors, offsets and sums
    /// that follow no convolution become a depthwise 1×1 convolution.
    mutating func fuse() {
        let uses = removeUnused()
        for place in nodes.indices {
            switch nodes[place].operation {
            case .affine(let affine): fold(affine, at: place, uses)
            case .sum: fuseSum(at: place, uses)
            case .unary(.relu): fuseReLU(at: place, uses)
            default: continue
            }
        }
    }

    /// Takes out what the output does not need; returns how often each value is used.
    private mutating func removeUnused() -> [Int] {
        var uses = [Int](repeating: 0, count: nodes.count)
        for output in outputs { uses[output] += 1 }
        for place in nodes.indices.reversed() {
            if uses[place] > 0 {
                for input in nodes[place].inputs { uses[input] += 1 }
            } else if case .input = nodes[place].operation {
                continue
            } else {
                nodes[place].operation = .removed
            }
        }
        return uses
    }

    /// The convolution that makes the value of `place`, where nothing else uses it.
    private func convolution(_ place: Int, _ uses: [Int]) -> PlanConvolution? {
        guard uses[place] == 1, case .convolution(let convolution) = nodes[place].operation else {
            return nil
        }
        return convolution
    }

    private mutating func fold(_ affine: ChannelAffine, at place: Int, _ uses: [Int]) {
        let source = nodes[place].inputs[0]
        if let before = convolution(source, uses), before.isLinear {
            move(before.followed(by: affine), from: source, to: place)
        } else if let pool = positivePool(source, affine, uses),
            let before = convolution(nodes[source].inputs[0], uses), before.isLinear
        {
            // The maximum of rising functions is the function of the maximum.
            nodes[nodes[source].inputs[0]].operation = .convolution(before.followed(by: affine))
            nodes[place].operation = .maxPool(pool)
            nodes[place].inputs = nodes[source].inputs
            nodes[source].operation = .removed
        } else {
            nodes[place].operation = .convolution(depthwise(affine, nodes[place].shape))
        }
    }

    /// The maximum at `place` if it may change places with `affine`.
    private func positivePool(
        _ place: Int, _ affine: ChannelAffine, _ uses: [Int]
    ) -> Pool2dGeometry? {
        // Dilated windows can lie in the border alone, whose −∞ no factor may touch.
        guard uses[place] == 1, case .maxPool(let pool) = nodes[place].operation,
            pool.dilation == 1, affine.factors.allSatisfy({ $0 >= 0 })
        else { return nil }
        return pool
    }

    private func depthwise(_ affine: ChannelAffine, _ shape: Shape) -> PlanConvolution {
        let channels = shape[-1]
        return PlanConvolution(
            filter: .ones([1, 1, 1, channels]), bias: nil,
            geometry: Conv2dGeometry(
                batch: 1, height: shape.rank == 4 ? shape[1] : 1,
                width: shape.rank == 4 ? shape[2] : shape.count / channels,
                inputChannels: channels, outputChannels: channels, kernel: 1, groups: channels),
            affine: affine)
    }

    private mutating func fuseSum(at place: Int, _ uses: [Int]) {
        let inputs = nodes[place].inputs
        for (source, residual) in [(inputs[0], inputs[1]), (inputs[1], inputs[0])] {
            guard var before = convolution(source, uses), before.isLinear else { continue }
            before.addsResidual = true
            move(before, from: source, to: place)
            nodes[place].inputs.append(residual)
            return
        }
        let channels = nodes[place].shape[-1]
        let identity = ChannelAffine(
            factors: [Double](repeating: 1, count: channels),
            offsets: [Double](repeating: 0, count: channels))
        var convolution = depthwise(identity, nodes[place].shape)
        convolution.addsResidual = true
        nodes[place].operation = .convolution(convolution)
    }

    private mutating func fuseReLU(at place: Int, _ uses: [Int]) {
        let source = nodes[place].inputs[0]
        guard var before = convolution(source, uses) else { return }
        before.relu = true
        move(before, from: source, to: place)
    }

    private mutating func move(
        _ convolution: PlanConvolution, from source: Int, to place: Int
    ) {
        nodes[place].operation = .convolution(convolution)
        nodes[place].inputs = nodes[source].inputs
        nodes[source].operation = .removed
    }
}

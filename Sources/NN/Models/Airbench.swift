import Tensor

/// The network of airbench (Jordan, "94% on CIFAR-10 in 3.29 seconds on a single GPU", 2024,
/// https://arxiv.org/abs/2404.00498): made to be trained in minutes.
///
///     stem      2×2 whitening convolution of 24 filters with bias, GELU
///     layer1…3  3×3 convolution, 2×2 maximum, normalisation, GELU, 3×3 convolution, normalisation,
///               GELU; in airbench96 a third convolution behind, and a shortcut (`AirbenchGroup`)
///     head      maximum over the image, matrix product without bias, times a constant
///
/// The constant is 1/9, or in the network of airbench94_muon, whose `Head` is `normalized`, one over the
/// number of features.
///
/// The whitening filters are computed from training images and never trained; the normalisations
/// train their biases alone. Input `[N, H, W, 3]` with H and W at least 9, output logits
/// `[N, classCount]`. At 32×32, for which it was made, the last maximum is over 3×3.
///
/// Keys in weight files: `whiten.{weight,bias}`, `layer<n>.conv<m>.weight`,
/// `layer<n>.bn<m>.{weight,bias,running_mean,running_var,num_batches_tracked}`, `fc.weight`, with n
/// from 1 to 3 and m from 1 to the depth of the groups. `bn<m>.weight` is 1 throughout.
public final class Airbench: ClassificationModel {
    /// The whitening convolution. Its filters are half eigenvectors, half their negatives.
    public let whiten: Conv2d
    /// After `whiten`.
    public let activation: GELU
    /// The first group of convolutions.
    public let layer1: AirbenchGroup
    /// The second group.
    public let layer2: AirbenchGroup
    /// The third group.
    public let layer3: AirbenchGroup
    /// The maximum over the image.
    public let pool: GlobalMaxPool
    /// The last layer.
    public let fc: Linear
    /// What keeps the first logits small.
    public let scale: Scale

    /// The sizes of the last layer's weights and of the constant after it.
    public enum Head: Sendable, Hashable {
        /// Uniform weights, logits times 1/9, and a whitening bias that starts at zero: airbench94.
        case uniform
        /// Weights of standard deviation 1, logits divided by the number of features, and a whitening
        /// bias uniform in ±1/√12: airbench94_muon.
        case normalized
    }

    /// Creates a network whose filters are zero until `initialize(seed:)` or loading fills them.
    ///
    /// - Parameters:
    ///   - widths: The channels of the three groups.
    ///   - depth: The convolutions of each group, 2 or 3.
    ///   - classCount: The number of logits.
    ///   - batchNormEpsilon: ε of the normalisations.
    ///   - batchNormMomentum: The share of the batch in the running statistics.
    public convenience init(
        widths: [Int], depth: Int = 2, classCount: Int, batchNormEpsilon: Float = 1e-12,
        batchNormMomentum: Float = 0.4
    ) {
        self.init(
            widths: widths, depth: depth, classCount: classCount,
            Normalization(
                epsilon: batchNormEpsilon, momentum: batchNormMomentum, trainsWeight: false))
    }

    init(
        widths: [Int], depth: Int, classCount: Int, head: Head = .uniform,
        _ normalization: Normalization
    ) {
        guard widths.count == 3, widths.allSatisfy({ $0 > 0 }), (2...3).contains(depth),
            classCount > 0
        else {
            fatalError(
                """
                Airbench: widths \(widths), depth \(depth) and \(classCount) classes; needed are three \
                widths, a depth of 2 or 3 and a class
                """)
        }
        let kernel = 2
        let whiteChannels = 2 * 3 * kernel * kernel
        whiten = Conv2d(
            inChannels: 3, outChannels: whiteChannels, kernelSize: Spatial(kernel),
            trainsWeight: false,
            initialization: head == .uniform ? .partialIdentity : .kaimingNormal)
        activation = GELU()
        layer1 = AirbenchGroup(whiteChannels, widths[0], depth: depth, normalization)
        layer2 = AirbenchGroup(widths[0], widths[1], depth: depth, normalization)
        layer3 = AirbenchGroup(widths[1], widths[2], depth: depth, normalization)
        pool = GlobalMaxPool()
        fc = Linear(inFeatures: widths[2], outFeatures: classCount, bias: false)
        scale = Scale(by: head == .uniform ? 1 / 9 : 1 / Float(widths[2]))
    }

    /// Divides the last layer's weights by their standard deviation.
    func normalizeHead() {
        let weights = fc.weight.value.array().map(Double.init)
        let mean = weights.reduce(0, +) / Double(weights.count)
        let squares = weights.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let deviation = (squares / Double(max(1, weights.count - 1))).squareRoot()
        fc.weight.value.assign(weights.map { Float($0 / deviation) })
    }

    /// The number of classes.
    public var classCount: Int { fc.outFeatures }

    /// `stem`, `layer1`, `layer2`, `layer3`, `head`.
    public var stages: [Stage] {
        [
            Stage("stem", [whiten, activation]), Stage("layer1", [layer1]),
            Stage("layer2", [layer2]), Stage("layer3", [layer3]),
            Stage("head", [pool, fc, scale]),
        ]
    }
}

/// One group of an `Airbench`, of two convolutions or three.
///
///     x₁ = gelu(bn1(pool(conv1(x))))
///     x₂ = gelu(bn2(conv2(x₁)))                   the result with two
///     x₃ = gelu(bn3(conv3(x₂)) + x₁)              the result with three
///
/// `[N, H, W, I]` → `[N, ⌊H/2⌋, ⌊W/2⌋, O]`.
public final class AirbenchGroup: Module {
    /// 3×3.
    public let conv1: Conv2d
    /// The 2×2 maximum after `conv1`.
    public let pool: MaxPool2d
    /// After `pool`; it folds into `conv1` through the maximum.
    public let bn1: BatchNorm2d
    /// After `bn1`.
    public let activation1: GELU
    /// 3×3.
    public let conv2: Conv2d
    /// After `conv2`.
    public let bn2: BatchNorm2d
    /// After `bn2`.
    public let activation2: GELU
    /// 3×3; nil in a group of two.
    public let conv3: Conv2d?
    /// After `conv3`, with the shortcut.
    public let bn3: BatchNorm2d?
    /// After `bn3`.
    public let activation3: GELU

    init(_ inChannels: Int, _ outChannels: Int, depth: Int, _ normalization: Normalization) {
        func convolution(_ inChannels: Int) -> Conv2d {
            Conv2d(
                inChannels: inChannels, outChannels: outChannels, kernelSize: 3, padding: 1,
                bias: false, initialization: .partialIdentity)
        }
        conv1 = convolution(inChannels)
        pool = MaxPool2d(kernelSize: 2)
        bn1 = normalization.layer(outChannels)
        activation1 = GELU()
        conv2 = convolution(outChannels)
        bn2 = normalization.layer(outChannels)
        activation2 = GELU()
        conv3 = depth == 3 ? convolution(outChannels) : nil
        bn3 = depth == 3 ? normalization.layer(outChannels) : nil
        activation3 = GELU()
    }

    private var first: [any Module] { [conv1, pool, bn1, activation1] }
    private var second: [any Module] { [conv2, bn2, activation2] }

    /// The output of the group.
    public func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor {
        let inner = first.reduce(x) { $1($0, phase) }
        let outer = second.reduce(inner) { $1($0, phase) }
        guard let conv3, let bn3 else { return outer }
        return activation3(bn3(conv3(outer), phase, residual: inner, relu: false), phase)
    }

    /// The shape of the output.
    public func outputShape(for input: Shape, noting trace: inout ShapeTrace) -> Shape {
        let outer = (first + second).reduce(input) { $1.outputShape(for: $0, noting: &trace) }
        guard let conv3, let bn3 else { return outer }
        return ([conv3, bn3, activation3] as [any Module]).reduce(outer) {
            $1.outputShape(for: $0, noting: &trace)
        }
    }

    /// The group, its normalisations to be folded into its convolutions.
    public func lower(_ x: PlanValue, into plan: inout PlanBuilder) -> PlanValue {
        let inner = first.reduce(x) { $1.lower($0, into: &plan) }
        let outer = second.reduce(inner) { $1.lower($0, into: &plan) }
        guard let conv3, let bn3 else { return outer }
        let residual = bn3.lower(conv3.lower(outer, into: &plan), into: &plan)
        return activation3.lower(plan.add(residual, inner), into: &plan)
    }
}

extension Airbench: DataInitialized {
    /// 5000, as in the paper.
    public var initializationImageCount: Int { 5000 }

    /// The bias of the whitening convolution.
    public var earlyParameters: [Parameter] { whiten.bias.map { [$0] } ?? [] }

    /// Computes the whitening filters.
    public func initialize(fromImages next: () throws -> Tensor?) rethrows {
        var covariance = PatchCovariance(kernel: whiten.kernelSize, channels: whiten.inChannels)
        while let images = try next() { covariance.add(images) }
        whiten.weight.value.assign(covariance.whiteningFilters(epsilon: 5e-4))
    }
}

extension ModelEntry {
    /// A row for a network of airbench. PyTorch's momentum, which is ours, is one minus the paper's.
    static func airbench(
        _ name: String, widths: [Int], depth: Int = 2, head: Airbench.Head = .uniform,
        batchNormMomentum: Float = 0.4
    ) -> ModelEntry {
        ModelEntry(
            name: name, inputSize: 32,
            normalization: Normalization(
                epsilon: 1e-12, momentum: batchNormMomentum, trainsWeight: false)
        ) { request throws(ModelError) in
            if request.options.dropout ?? 0 != 0 {
                throw ModelError(description: "the model '\(request.name)' has no dropout")
            }
            if request.options.zeroInitResidual != nil {
                throw ModelError(
                    description:
                        "the model '\(request.name)' cannot start residual blocks at zero")
            }
            let model = Airbench(
                widths: widths, depth: depth, classCount: request.classCount, head: head,
                request.normalization)
            if let seed = request.seed {
                model.initialize(seed: seed)
                if head == .normalized { model.normalizeHead() }
            }
            return model
        }
    }
}

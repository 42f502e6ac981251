/// A function of one number.
public enum UnaryFunction: Sendable, CaseIterable {
    /// max(x, 0); its derivative at 0 is 0.
    case relu
    /// x · Φ(x), the exact form with the error function.
    case gelu
    /// x · σ(x).
    case silu
    /// σ(x) = 1 / (1 + e⁻ˣ).
    case sigmoid
    /// The hyperbolic tangent.
    case tanh
    /// eˣ.
    case exp
    /// The natural logarithm.
    case log

    /// Which side of the function its derivative is computed from.
    public enum Saved: Sendable {
        /// The argument.
        case input
        /// The value.
        case output
    }

    /// Which side of the function its derivative is computed from.
    public var saves: Saved {
        switch self {
        case .relu, .sigmoid, .tanh, .exp: .output
        case .gelu, .silu, .log: .input
        }
    }
}

/// A function of two numbers.
public enum BinaryFunction: Sendable, CaseIterable {
    /// x + y.
    case add
    /// x − y.
    case subtract
    /// x · y.
    case multiply
    /// x / y.
    case divide
}

/// An element-wise operation on two arrays of which either may be repeated along some axes.
///
/// Neighbouring axes that behave alike are merged, so equal shapes give one axis.
public struct BroadcastGeometry: Sendable, Hashable {
    /// The extents of the result, outermost first.
    public let dimensions: [Int]
    /// The step in x for each axis; 0 where x is repeated.
    public let xStrides: [Int]
    /// The step in y for each axis; 0 where y is repeated.
    public let yStrides: [Int]

    /// The number of elements of the result.
    public var count: Int { dimensions.reduce(1, *) }
}

/// A reduction over some axes of an array.
///
/// Neighbouring axes that behave alike are merged, so kept and reduced axes alternate.
public struct ReductionGeometry: Sendable, Hashable {
    /// The extents of the unreduced array.
    public let dimensions: [Int]
    /// For each axis whether it is reduced.
    public let isReduced: [Bool]

    /// The number of elements of the unreduced array.
    public var count: Int { dimensions.reduce(1, *) }
    /// The number of elements of the result.
    public var resultCount: Int { zip(dimensions, isReduced).reduce(1) { $1.1 ? $0 : $0 * $1.0 } }

    /// Merges axes and drops those of extent 1.
    public init(dimensions: [Int], isReduced: [Bool]) {
        var merged: [(extent: Int, isReduced: Bool)] = []
        for (extent, flag) in zip(dimensions, isReduced) where extent != 1 {
            if let last = merged.last, last.isReduced == flag {
                merged[merged.count - 1].extent *= extent
            } else {
                merged.append((extent, flag))
            }
        }
        self.dimensions = merged.map(\.extent)
        self.isReduced = merged.map(\.isReduced)
    }
}

/// Runs of consecutive elements copied at regular distances.
public struct BlockCopyGeometry: Sendable, Hashable {
    /// The number of runs.
    public var blockCount: Int
    /// The elements in a run.
    public let blockLength: Int
    /// Where the first run starts in the source.
    public let sourceOffset: Int
    /// The distance between runs in the source.
    public let sourceStride: Int
    /// Where the first run goes in the destination.
    public let destinationOffset: Int
    /// The distance between runs in the destination.
    public let destinationStride: Int

    /// Describes runs.
    public init(
        blockCount: Int, blockLength: Int, sourceOffset: Int, sourceStride: Int,
        destinationOffset: Int, destinationStride: Int
    ) {
        self.blockCount = blockCount
        self.blockLength = blockLength
        self.sourceOffset = sourceOffset
        self.sourceStride = sourceStride
        self.destinationOffset = destinationOffset
        self.destinationStride = destinationStride
    }
}

/// How values outside an image are made up.
public enum PadMode: Sendable {
    /// Zeros.
    case zero
    /// The image mirrored at its border, the border itself not repeated.
    case reflect
}

/// A border around images.
public struct PadGeometry: Sendable, Hashable {
    /// N.
    public let batch: Int
    /// The size without the border.
    public let height: Int, width: Int
    /// C.
    public let channels: Int
    /// The rows and columns added on each side.
    public let top: Int, bottom: Int, left: Int, right: Int
    /// What they hold.
    public let mode: PadMode

    /// The size with the border.
    public var outputHeight: Int { height + top + bottom }
    /// The size with the border.
    public var outputWidth: Int { width + left + right }
}

/// How values between pixels are made up.
public enum InterpolationMode: Sendable {
    /// Linear in both directions, from the four neighbours.
    case bilinear
    /// The pixel at ⌊i · (in / out)⌋, computed in Float as PyTorch does.
    case nearest
}

/// Resampling of images to another size, by PyTorch's `interpolate`.
public struct InterpolationGeometry: Sendable, Hashable {
    /// N.
    public var batch: Int
    /// The size of the images.
    public let height: Int, width: Int
    /// C.
    public let channels: Int
    /// The wanted size.
    public let outputHeight: Int, outputWidth: Int
    /// How to resample.
    public let mode: InterpolationMode
    /// Whether corner pixels' centres (true) or their outer corners (false) coincide.
    public let alignCorners: Bool

    /// Describes a resampling.
    public init(
        batch: Int, height: Int, width: Int, channels: Int, outputHeight: Int, outputWidth: Int,
        mode: InterpolationMode, alignCorners: Bool
    ) {
        self.batch = batch
        self.height = height
        self.width = width
        self.channels = channels
        self.outputHeight = outputHeight
        self.outputWidth = outputWidth
        self.mode = mode
        self.alignCorners = alignCorners
    }
}

/// C[m, n] = op(A)[m, k] · op(B)[k, n], `batch` times on consecutive matrices.
public struct MatrixGeometry: Sendable, Hashable {
    /// The number of independent products.
    public let batch: Int
    /// Rows of the result, columns of the result, terms of each sum.
    public let m: Int, n: Int, k: Int
    /// Whether A lies in memory as [k, m].
    public let transposesA: Bool
    /// Whether B lies in memory as [n, k].
    public let transposesB: Bool

    /// Describes a product.
    public init(
        batch: Int = 1, m: Int, n: Int, k: Int, transposesA: Bool = false, transposesB: Bool = false
    ) {
        self.batch = batch
        self.m = m
        self.n = n
        self.k = k
        self.transposesA = transposesA
        self.transposesB = transposesB
    }
}

/// A batch of images convolved with a bank of filters.
///
/// x is [N, H, W, I], w is [R, S, I/groups, O], y is [N, ⌊(H + 2p − d(R−1) − 1)/s⌋ + 1, …, O]. Output
/// channels of group g use the input channels of group g.
public struct Conv2dGeometry: Sendable, Hashable {
    /// N.
    public var batch: Int
    /// The size of the input images.
    public let height: Int, width: Int
    /// I.
    public let inputChannels: Int
    /// O.
    public let outputChannels: Int
    /// R × S.
    public let kernel: Spatial
    /// The step between windows.
    public let stride: Spatial
    /// Zeros added on each side.
    public let padding: Spatial
    /// The step between taps.
    public let dilation: Spatial
    /// The number of groups.
    public let groups: Int
    /// Whether images come one by one: what is best for them then, and not for batches. Said
    /// beforehand and not taken from `batch`, so that a prepared filter fits every batch.
    public var isForSingleImages = false

    /// Describes a convolution.
    public init(
        batch: Int, height: Int, width: Int, inputChannels: Int, outputChannels: Int,
        kernel: Spatial, stride: Spatial = 1, padding: Spatial = 0, dilation: Spatial = 1,
        groups: Int = 1
    ) {
        self.batch = batch
        self.height = height
        self.width = width
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.groups = groups
    }

    /// The number of elements of the filter.
    public var filterCount: Int {
        kernel.height * kernel.width * (inputChannels / groups) * outputChannels
    }
    /// The number of elements of the input.
    public var inputCount: Int { batch * height * width * inputChannels }
    /// The number of elements of the output.
    public var outputCount: Int { batch * outputHeight * outputWidth * outputChannels }
    /// The height of the output.
    public var outputHeight: Int {
        (height + 2 * padding.height - dilation.height * (kernel.height - 1) - 1) / stride.height
            + 1
    }
    /// The width of the output.
    public var outputWidth: Int {
        (width + 2 * padding.width - dilation.width * (kernel.width - 1) - 1) / stride.width + 1
    }
    /// The multiply-adds of one pass.
    public var multiplyAdds: Int {
        batch * outputHeight * outputWidth * outputChannels * kernel.height * kernel.width
            * (inputChannels / groups)
    }
}

/// Normalisation of [rows, channels].
public struct BatchNormGeometry: Sendable, Hashable {
    /// N · H · W.
    public let rows: Int
    /// C.
    public let channels: Int
    /// ε, added to the variance.
    public let epsilon: Float
    /// Whether negative results are cut to 0.
    public let relu: Bool
}

/// Windows over images.
public struct Pool2dGeometry: Sendable, Hashable {
    /// N.
    public var batch: Int
    /// The size of the input images.
    public let height: Int, width: Int
    /// C.
    public let channels: Int
    /// The size of the output.
    public let outputHeight: Int, outputWidth: Int
    /// The window.
    public let kernel: Spatial
    /// The step between windows.
    public let stride: Spatial
    /// The border, which never wins a maximum.
    public let padding: Spatial
    /// The step between the window's taps.
    public let dilation: Spatial
    /// Whether a mean divides by the whole window, border included (but never what `ceilMode` adds
    /// beyond the border).
    public let countsPadding: Bool
}

/// A grid of cells over images.
public struct AdaptivePoolGeometry: Sendable, Hashable {
    /// N.
    public var batch: Int
    /// The size of the input images.
    public let height: Int, width: Int
    /// C.
    public let channels: Int
    /// The number of cells.
    public let outputHeight: Int, outputWidth: Int
}

/// What the rows of logits should have been.
public enum CrossEntropyTargets: Sendable {
    /// One class a row, as Int32.
    case labels(DeviceMemory)
    /// A distribution a row, [rows, columns].
    case distributions(DeviceMemory)
}

/// Rows of logits against targets.
///
/// With t the target distribution of a row (one-hot for a label), C columns, smoothing ε and class
/// weights w (1 if absent): loss = −Σ_c w_c · ((1 − ε) · t_c + ε / C) · log softmax(x)_c. The row's
/// weight in a mean is w of its label, or 1 for distributions. A row whose label is `ignoreIndex` has
/// loss, weight and gradient 0.
public struct CrossEntropyGeometry: Sendable, Hashable {
    /// The number of rows.
    public let rows: Int
    /// The number of classes.
    public let columns: Int
    /// ε.
    public let labelSmoothing: Float
    /// The label of rows that do not count.
    public let ignoreIndex: Int32
}

/// One update by stochastic gradient descent, as PyTorch does it:
///
///     g ← gradientScale · g + weightDecay · p
///     v ← momentum · v + (1 − dampening) · g        (v ← g at the first step)
///     p ← p − learningRate · (nesterov ? g + momentum · v : v)
public struct SGDStep: Sendable, Hashable {
    /// The step size.
    public var learningRate: Float
    /// A factor on the gradient (clipping).
    public var gradientScale: Float
    /// The L2 penalty.
    public var weightDecay: Float
    /// The share of the old direction that is kept; 0 without a momentum buffer.
    public var momentum: Float
    /// The share of the gradient that is left out of the direction.
    public var dampening: Float
    /// Whether to look ahead along the new direction.
    public var nesterov: Bool
    /// Whether the buffer holds nothing yet.
    public var isFirst: Bool

    /// Describes an update.
    public init(
        learningRate: Float, gradientScale: Float = 1, weightDecay: Float = 0, momentum: Float = 0,
        dampening: Float = 0, nesterov: Bool = false, isFirst: Bool = false
    ) {
        self.learningRate = learningRate
        self.gradientScale = gradientScale
        self.weightDecay = weightDecay
        self.momentum = momentum
        self.dampening = dampening
        self.nesterov = nesterov
        self.isFirst = isFirst
    }
}

/// One update by AdamW (Loshchilov & Hutter 2019), as PyTorch does it:
///
///     g ← gradientScale · g
///     p ← p · (1 − learningRate · weightDecay)
///     m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²
///     p ← p − learningRate / correction₁ · m / (√(v) / √correction₂ + ε)
public struct AdamWStep: Sendable, Hashable {
    /// The step size.
    public var learningRate: Float
    /// A factor on the gradient (clipping).
    public var gradientScale: Float
    /// The decoupled decay.
    public var weightDecay: Float
    /// β₁ and β₂.
    public var beta1: Float, beta2: Float
    /// ε.
    public var epsilon: Float
    /// 1 − β₁ᵗ and 1 − β₂ᵗ at step t.
    public var correction1: Float, correction2: Float

    /// Describes an update.
    public init(
        learningRate: Float, gradientScale: Float = 1, weightDecay: Float, beta1: Float,
        beta2: Float, epsilon: Float, correction1: Float, correction2: Float
    ) {
        self.learningRate = learningRate
        self.gradientScale = gradientScale
        self.weightDecay = weightDecay
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.correction1 = correction1
        self.correction2 = correction2
    }
}

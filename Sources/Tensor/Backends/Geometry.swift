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
    /// Whether C is known to equal its transpose but for rounding: then some of what is above the diagonal
    /// may be copied from below it instead of computed.
    public let isSymmetric: Bool

    /// Describes a product.
    public init(
        batch: Int = 1, m: Int, n: Int, k: Int, transposesA: Bool = false,
        transposesB: Bool = false,
        isSymmetric: Bool = false
    ) {
        precondition(!isSymmetric || m == n, "MatrixGeometry: a symmetric [\(m), \(n)]")
        self.isSymmetric = isSymmetric
        self.batch = batch
        self.m = m
        self.n = n
        self.k = k
        self.transposesA = transposesA
        self.transposesB = transposesB
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

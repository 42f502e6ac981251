/// A block of memory on some device. Opaque: only the backend that gave it can reach what is inside.
public struct DeviceMemory: Sendable, Hashable {
    /// What is in it, where it holds a tensor's elements.
    public let elementType: ElementType
    /// The address in the device's own address space.
    public let address: UInt
    /// The size in bytes.
    public let byteCount: Int

    /// Names a block.
    public init(address: UInt, byteCount: Int, elementType: ElementType = .float32) {
        self.address = address
        self.byteCount = byteCount
        self.elementType = elementType
    }

    /// The same block for elements of another type.
    func holding(_ elementType: ElementType) -> DeviceMemory {
        DeviceMemory(address: address, byteCount: byteCount, elementType: elementType)
    }
}

/// A device that computes: the whole surface between tensors and hardware.
///
/// Kernels write into memory that they are given (`into:` and other labelled destinations, which
/// never overlap the inputs unless a kernel says so) and allocate nothing that outlives the call.
/// Names follow cuDNN and cuBLAS, so that a GPU backend is a transcription. Work may be
/// asynchronous; only `download` and `synchronize` wait.
///
/// Letters: N images, H×W pixels, C or I input channels, O or K output channels, R×S kernel. All
/// numbers are row-major, channels last, and computed with in Float32; indices are Int32.
///
/// Elements are Float32. Where a kernel says *either type*, activations and their gradients (x, y,
/// residual, dx, dy, dResidual and what is named like them) may instead all be bfloat16
/// (`DeviceMemory.elementType`): results are rounded once, when they are stored. Filters, biases,
/// scales, statistics and their gradients are Float32 always. Operations bring what they have into
/// these forms (`Tensor.converted(to:)`); a backend may stop the program where they do not.
public protocol Backend: AnyObject, Sendable {
    /// A name for logs, such as `cpu (avx512, 2 threads)`.
    var name: String { get }

    // MARK: Memory

    /// An uninitialised block.
    func allocate(byteCount: Int) -> DeviceMemory
    /// Takes back a block.
    func release(_ memory: DeviceMemory)
    /// Copies host bytes to the device.
    func upload(_ bytes: UnsafeRawBufferPointer, to memory: DeviceMemory)
    /// Copies device bytes to the host, when all work that writes them is done.
    func download(_ memory: DeviceMemory, to bytes: UnsafeMutableRawBufferPointer)
    /// Copies a block to another of the same size, whatever is in it.
    func copy(_ source: DeviceMemory, into destination: DeviceMemory)
    /// y = x in the type of y: exact to Float32, to nearest (ties to even) to bfloat16.
    func convert(_ x: DeviceMemory, count: Int, into y: DeviceMemory)
    /// Sets `count` elements of either type to `value`.
    func fill(_ value: Float, count: Int, into destination: DeviceMemory)
    /// Waits for all work.
    func synchronize()
    /// Counts of the backend's memory pool.
    var memoryStatistics: MemoryStatistics { get }

    // MARK: Element by element, of either type

    /// y = f(x).
    func unary(_ function: UnaryFunction, _ x: DeviceMemory, count: Int, into y: DeviceMemory)
    /// dx = f′ · dy, with f′ from x or y, whichever the function needs (`UnaryFunction.saves`).
    func unaryGradient(
        _ function: UnaryFunction, saved: DeviceMemory, dy: DeviceMemory, count: Int,
        into dx: DeviceMemory)
    /// z = x ∘ y with NumPy broadcasting.
    func binary(
        _ function: BinaryFunction, _ x: DeviceMemory, _ y: DeviceMemory,
        _ geometry: BroadcastGeometry, into z: DeviceMemory)
    /// y = scale · x + offset.
    func scale(
        _ x: DeviceMemory, by scale: Float, plus offset: Float, count: Int, into y: DeviceMemory)
    /// sum += x.
    func accumulate(_ x: DeviceMemory, count: Int, into sum: DeviceMemory)
    /// y = x · mask / (1 − p), mask drawn from `key`: element i is kept when word i % 4 of the
    /// stream's block i / 4, taken as a fraction of 2³², is at least p. Its own gradient.
    func dropout(
        _ x: DeviceMemory, probability: Float, key: RandomKey, count: Int, into y: DeviceMemory)

    // MARK: Reductions and movement

    /// y = scale · Σ x over the reduced axes.
    func reduceSum(
        _ x: DeviceMemory, _ geometry: ReductionGeometry, scale: Float, into y: DeviceMemory)
    /// y = max x over the reduced axes.
    func reduceMax(_ x: DeviceMemory, _ geometry: ReductionGeometry, into y: DeviceMemory)
    /// dx = dy where x equals the maximum, shared equally among ties, else 0.
    func reduceMaxGradient(
        x: DeviceMemory, y: DeviceMemory, dy: DeviceMemory, _ geometry: ReductionGeometry,
        into dx: DeviceMemory)
    /// y = scale · x repeated over the reduced axes: the transpose of `reduceSum`.
    func expand(
        _ x: DeviceMemory, _ geometry: ReductionGeometry, scale: Float, into y: DeviceMemory)
    /// indices = position of the first maximum along the middle of [outer, count, inner].
    func argmax(_ x: DeviceMemory, outer: Int, count: Int, inner: Int, into indices: DeviceMemory)
    /// y = x with its axes in a new order: axis a of y is axis `axes[a]` of x.
    func permute(_ x: DeviceMemory, dimensions: [Int], axes: [Int], into y: DeviceMemory)
    /// Copies `geometry.blockCount` runs of elements of either type; other elements of y stay as they
    /// are.
    func copyBlocks(_ x: DeviceMemory, _ geometry: BlockCopyGeometry, into y: DeviceMemory)
    /// Row i of y = row `indices[i]` of x.
    func gatherRows(
        _ x: DeviceMemory, indices: DeviceMemory, indexCount: Int, rowLength: Int,
        into y: DeviceMemory)
    /// dx = 0, then row `indices[i]` of dx += row i of dy, in the order of i.
    func gatherRowsGradient(
        dy: DeviceMemory, indices: DeviceMemory, indexCount: Int, rowLength: Int, rowCount: Int,
        into dx: DeviceMemory)
    /// y = x with a border; either type.
    func pad(_ x: DeviceMemory, _ geometry: PadGeometry, into y: DeviceMemory)
    /// The transpose of `pad`; either type, a reflected border in Float32 only.
    func padGradient(dy: DeviceMemory, _ geometry: PadGeometry, into dx: DeviceMemory)
    /// y = x resampled to another size.
    func interpolate(_ x: DeviceMemory, _ geometry: InterpolationGeometry, into y: DeviceMemory)
    /// The transpose of `interpolate`.
    func interpolateGradient(
        dy: DeviceMemory, _ geometry: InterpolationGeometry, into dx: DeviceMemory)

    // MARK: Matrix products and convolutions

    /// C = op(A) · op(B) (+ bias on each row): `geometry` has m, n, k and the transpositions.
    func gemm(
        _ a: DeviceMemory, _ b: DeviceMemory, bias: DeviceMemory?, _ geometry: MatrixGeometry,
        into c: DeviceMemory)
    /// y = x ∗ w (+ bias). All passes of convolutions: x, y, residual and their gradients of either
    /// type.
    func conv2d(
        _ x: DeviceMemory, filter w: DeviceMemory, bias: DeviceMemory?, _ geometry: Conv2dGeometry,
        into y: DeviceMemory)
    /// The bytes of a prepared filter. Like what is in them, they depend on everything in the
    /// geometry but the batch.
    func preparedFilterByteCount(_ geometry: Conv2dGeometry) -> Int
    /// Brings a filter into the form in which convolutions of this geometry read it, once for any
    /// number of calls.
    func prepareFilter(
        _ w: DeviceMemory, _ geometry: Conv2dGeometry, into prepared: DeviceMemory)
    /// y = x ∗ w (+ bias) (+ residual), negative values cut if `relu`, with a prepared filter.
    /// Allocates nothing; `residual` has y's shape and does not overlap y.
    func conv2d(
        _ x: DeviceMemory, prepared: DeviceMemory, bias: DeviceMemory?, residual: DeviceMemory?,
        relu: Bool, _ geometry: Conv2dGeometry, into y: DeviceMemory)
    /// dx from dy.
    func conv2dInputGradient(
        dy: DeviceMemory, filter w: DeviceMemory, _ geometry: Conv2dGeometry, into dx: DeviceMemory)
    /// dw from dy and x.
    func conv2dFilterGradient(
        dy: DeviceMemory, _ x: DeviceMemory, _ geometry: Conv2dGeometry, into dw: DeviceMemory)

    // MARK: Normalisation and pooling, of either type

    /// mean and biased variance of each channel over the rows, then
    /// y = (x − mean) / √(variance + ε) · scale + shift (+ residual), negative values cut if `relu`.
    func batchNormTraining(
        _ x: DeviceMemory, scale: DeviceMemory, shift: DeviceMemory, residual: DeviceMemory?,
        _ geometry: BatchNormGeometry, into y: DeviceMemory, mean: DeviceMemory,
        variance: DeviceMemory)
    /// The same with given mean and variance.
    func batchNormInference(
        _ x: DeviceMemory, scale: DeviceMemory, shift: DeviceMemory, mean: DeviceMemory,
        variance: DeviceMemory, residual: DeviceMemory?, _ geometry: BatchNormGeometry,
        into y: DeviceMemory)
    /// Gradients of either. Where `relu` cut, y tells, which only a residual makes necessary: without y
    /// the normalised values are computed again. Destinations that are nil are not computed. `usesBatchStatistics` says whether mean and variance depend on x.
    func batchNormGradient(
        dy: DeviceMemory, x: DeviceMemory, y: DeviceMemory?, scale: DeviceMemory,
        shift: DeviceMemory, mean: DeviceMemory, variance: DeviceMemory,
        usesBatchStatistics: Bool,
        _ geometry: BatchNormGeometry, into dx: DeviceMemory?, dScale: DeviceMemory,
        dShift: DeviceMemory, dResidual: DeviceMemory?)
    /// y = the maximum of each window, and where it was, unless nobody wants to know: the offset
    /// h·W + w in its image. The first of equal maxima wins.
    func maxPool2d(
        _ x: DeviceMemory, _ geometry: Pool2dGeometry, into y: DeviceMemory,
        indices: DeviceMemory?)
    /// dx from dy and the positions.
    func maxPool2dGradient(
        dy: DeviceMemory, indices: DeviceMemory, _ geometry: Pool2dGeometry, into dx: DeviceMemory)
    /// y = the mean of each window.
    func avgPool2d(_ x: DeviceMemory, _ geometry: Pool2dGeometry, into y: DeviceMemory)
    /// dx from dy.
    func avgPool2dGradient(dy: DeviceMemory, _ geometry: Pool2dGeometry, into dx: DeviceMemory)
    /// y = the mean of each of outputHeight × outputWidth cells, which overlap where sizes do not
    /// divide: cell i spans ⌊i·H/h⌋ ..< ⌈(i+1)·H/h⌉.
    func adaptiveAvgPool2d(
        _ x: DeviceMemory, _ geometry: AdaptivePoolGeometry, into y: DeviceMemory)
    /// dx from dy.
    func adaptiveAvgPool2dGradient(
        dy: DeviceMemory, _ geometry: AdaptivePoolGeometry, into dx: DeviceMemory)

    // MARK: Losses

    /// Softmax, or its logarithm, of each row.
    func softmax(
        _ x: DeviceMemory, rows: Int, columns: Int, logarithmic: Bool, into y: DeviceMemory)
    /// dx from y and dy.
    func softmaxGradient(
        y: DeviceMemory, dy: DeviceMemory, rows: Int, columns: Int, logarithmic: Bool,
        into dx: DeviceMemory)
    /// The cross-entropy of each row, and the row's weight in a mean (see `CrossEntropyGeometry`).
    func crossEntropy(
        logits: DeviceMemory, targets: CrossEntropyTargets, classWeights: DeviceMemory?,
        _ geometry: CrossEntropyGeometry, into losses: DeviceMemory, rowWeights: DeviceMemory)
    /// The gradient with respect to the logits, from the gradients of the rows' losses.
    func crossEntropyGradient(
        dLosses: DeviceMemory, logits: DeviceMemory, targets: CrossEntropyTargets,
        classWeights: DeviceMemory?, _ geometry: CrossEntropyGeometry, into dLogits: DeviceMemory)
    /// loss = −(w·t·log σ(x) + (1 − t)·log(1 − σ(x))), with w of the last axis (1 if nil).
    func binaryCrossEntropy(
        logits: DeviceMemory, targets: DeviceMemory, positiveWeight: DeviceMemory?, rows: Int,
        columns: Int, into losses: DeviceMemory)
    /// Its gradient with respect to the logits.
    func binaryCrossEntropyGradient(
        dLosses: DeviceMemory, logits: DeviceMemory, targets: DeviceMemory,
        positiveWeight: DeviceMemory?, rows: Int, columns: Int, into dLogits: DeviceMemory)

    // MARK: Optimiser steps

    /// Updates `parameter` and `momentum` in place; see `SGDStep`. `momentum` is nil without it.
    func sgdStep(
        parameter: DeviceMemory, gradient: DeviceMemory, momentum: DeviceMemory?, _ step: SGDStep,
        count: Int)
    /// Updates `parameter` and both moments in place; see `AdamWStep`.
    func adamWStep(
        parameter: DeviceMemory, gradient: DeviceMemory, firstMoment: DeviceMemory,
        secondMoment: DeviceMemory, _ step: AdamWStep, count: Int)
    /// sum = xWeight · x + yWeight · y, the products rounded before they are added. `sum` may be x or y.
    func weightedSum(
        _ x: DeviceMemory, _ xWeight: Float, _ y: DeviceMemory, _ yWeight: Float, count: Int,
        into sum: DeviceMemory)
    /// x ← x + value · identity, with x [size, size].
    func addToDiagonal(_ value: Float, of x: DeviceMemory, size: Int)
    /// The sum of the squares of all elements, as one Float: sums of fixed chunks in Double, added in
    /// order.
    func sumOfSquares(_ x: DeviceMemory, count: Int, into sum: DeviceMemory)
    /// y = min(max(x, lower), upper). y may be x.
    func clamp(
        _ x: DeviceMemory, lower: Float, upper: Float, count: Int, into y: DeviceMemory)
}

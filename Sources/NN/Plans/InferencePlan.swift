import Tensor

/// A model compiled for inference on images of one size.
///
/// Batch normalisation is folded into the convolutions (in Double), which also add residuals and
/// cut negative values as they write; filters are transformed and packed once; every intermediate
/// value has a fixed place in one block of memory, by its lifetime. Running copies images in, makes
/// one call of the backend per step, and copies the results out: it takes no memory from the backend's
/// pool, no lock but what starts and ends the work of threads, and records nothing. A model with several
/// outputs computes what they share once.
///
/// A plan keeps the weights that the model had when it was made. The result for an image does not
/// depend on the images beside it, nor on the number of threads: these share the blocks of an image
/// where it is alone, and of all images of a batch where there are more. Plans for images that come
/// one by one (`isForSingleImages`) round otherwise than plans for batches: Winograd's larger filters
/// are not worth reading for the few pixels of one image's last layers.
///
/// One owner at a time; not `Sendable`.
public final class InferencePlan {
    private let program: PlanProgram
    private let arena: DeviceMemory
    /// Where each value starts in the arena, in bytes.
    private let offsets: [Int]

    /// The most images of one call.
    public let capacity: Int

    /// Compiles `model`.
    ///
    /// - Parameters:
    ///   - model: The model; only what it computes in inference.
    ///   - input: `[N, H, W, C]`; smaller batches of the same images run too.
    ///   - probabilities: Whether a softmax follows the model's logits.
    ///   - isForSingleImages: Whether images come one by one: other algorithms are best for them.
    ///   - backend: Where to run; nil for where the model's parameters are.
    public convenience init(
        _ model: any Module, input: Shape, probabilities: Bool, isForSingleImages: Bool = false,
        on backend: (any Backend)? = nil
    ) {
        guard input.rank >= 2, input[0] > 0 else {
            fatalError("InferencePlan: input \(input) is not [N, H, W, C] with N > 0")
        }
        let backend =
            backend ?? model.parameters.first?.value.backend ?? Tensor(0).backend
        self.init(
            PlanProgram(
                model, image: Shape([1] + input.dimensions.dropFirst()),
                probabilities: probabilities, isForSingleImages: isForSingleImages, on: backend),
            capacity: input[0])
    }

    /// The same model for batches of up to `capacity` images. Shares the prepared filters.
    public convenience init(sharing plan: InferencePlan, capacity: Int) {
        guard capacity > 0 else { fatalError("InferencePlan: capacity \(capacity); expected > 0") }
        self.init(plan.program, capacity: capacity)
    }

    private init(_ program: PlanProgram, capacity: Int) {
        self.program = program
        self.capacity = capacity
        let layout = BufferLayout(program.buffers(capacity: capacity))
        offsets = layout.offsets
        arena = program.backend.allocate(byteCount: layout.byteCount)
    }

    deinit { program.backend.release(arena) }

    /// The shape of the largest batch, `[capacity, H, W, C]`.
    public var inputShape: Shape {
        Shape([capacity] + program.inputShape.dimensions.dropFirst())
    }
    /// The shapes of the results for the largest batch, one for each output of the model:
    /// `[capacity, classes]`, or `[capacity, H, W, classes]`.
    public var outputShapes: [Shape] {
        program.outputs.map { Shape([capacity] + $0.shape.dimensions.dropFirst()) }
    }
    /// Whether the plan was made for one image at a time.
    public var isForSingleImages: Bool { program.isForSingleImages }
    /// The number of calls of the backend for a batch, copies included.
    public var stepCount: Int { program.steps.count + program.outputs.count }
    /// The bytes of all intermediate values.
    public var arenaByteCount: Int { arena.byteCount }
    /// The bytes of the prepared filters and biases, which plans for other capacities share.
    public var constantByteCount: Int { program.constants.byteCount }

    /// The results for some images, one for each output of the model.
    ///
    /// - Parameter images: `[n, H, W, C]`, row-major, n from 0 to `capacity`.
    /// - Returns: Each `[n, classes]`, row-major.
    public func callAsFunction(_ images: [Float]) -> [[Float]] {
        let (count, rest) = images.count.quotientAndRemainder(
            dividingBy: max(program.inputShape.count, 1))
        guard rest == 0, count <= capacity else {
            fatalError("InferencePlan: \(images.count) values; expected up to \(inputShape)")
        }
        guard count > 0 else { return program.outputs.map { _ in [] } }
        images.withUnsafeBytes { images in
            for step in program.steps { perform(step, count, images) }
        }
        return program.outputs.map { output in
            let size = count * output.shape.count
            return [Float](unsafeUninitializedCapacity: size) { result, initialized in
                program.backend.download(
                    memory(output.value, count),
                    to: UnsafeMutableRawBufferPointer(
                        UnsafeMutableBufferPointer(rebasing: result[..<size])))
                initialized = size
            }
        }
    }
}

extension InferencePlan {
    /// Where `value` lies for `count` images.
    private func memory(_ value: Int, _ count: Int) -> DeviceMemory {
        arena.slice(at: offsets[value], byteCount: count * program.valueCounts[value] * 4)
    }

    private func perform(
        _ step: PlanStep, _ imageCount: Int, _ images: UnsafeRawBufferPointer
    ) {
        let backend = program.backend
        if case .load = step.kernel {
            backend.upload(images, to: memory(step.y, imageCount))
            return
        }
        let x = memory(step.x, imageCount)
        let y = memory(step.y, imageCount)
        let second = step.second >= 0 ? memory(step.second, imageCount) : nil
        let count = imageCount * program.valueCounts[step.y]
        switch step.kernel {
        case .load: break
        case .convolution(let geometry, let constants, let relu):
            backend.conv2d(
                x, prepared: constants.filter, bias: constants.bias, residual: second, relu: relu,
                geometry.withBatch(imageCount), into: y)
        case .unary(let function): backend.unary(function, x, count: count, into: y)
        case .maxPool(let geometry):
            backend.maxPool2d(x, geometry.withBatch(imageCount), into: y, indices: nil)
        case .averagePool(let geometry):
            backend.avgPool2d(x, geometry.withBatch(imageCount), into: y)
        case .adaptivePool(let geometry):
            backend.adaptiveAvgPool2d(x, geometry.withBatch(imageCount), into: y)
        case .interpolate(let geometry):
            backend.interpolate(x, geometry.withBatch(imageCount), into: y)
        case .place(let geometry):
            backend.copyBlocks(x, geometry.withBatch(imageCount), into: y)
        case .softmax(let columns):
            backend.softmax(
                x, rows: count / max(columns, 1), columns: columns, logarithmic: false, into: y)
        }
    }
}

/// A geometry that says how many images there are.
private protocol BatchGeometry {
    var batch: Int { get set }
}

extension Conv2dGeometry: BatchGeometry {}
extension Pool2dGeometry: BatchGeometry {}
extension AdaptivePoolGeometry: BatchGeometry {}
extension InterpolationGeometry: BatchGeometry {}

extension BatchGeometry {
    fileprivate func withBatch(_ batch: Int) -> Self {
        var geometry = self
        geometry.batch = batch
        return geometry
    }
}

extension BlockCopyGeometry {
    /// The same for each image: images follow one another as their runs do.
    fileprivate func withBatch(_ batch: Int) -> BlockCopyGeometry {
        var geometry = self
        geometry.blockCount *= batch
        return geometry
    }
}

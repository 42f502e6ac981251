import Tensor

/// A model compiled for inference on images of one size.
///
/// Batch normalisation is folded into the convolutions (in Double), which also add residuals and
/// cut negative values as they write; filters are transformed and packed once; every intermediate
/// value has a fixed place in one block of memory, by its lifetime. Running copies images in, makes
/// one call of the backend per step, and copies the result out: it allocates nothing, takes no lock
/// but what starts and ends the work of threads, and records nothing.
///
/// A plan keeps the weights that the model had when it was made. The result for an image does not
/// depend on the images beside it, nor on the number of threads: these share the blocks of an image
/// where it is alone, and of all images of a batch where there are more.
///
/// One owner at a time; not `Sendable`.
public final class InferencePlan {
    private let program: PlanProgram
    private let schedule: PlanSchedule
    private let arena: DeviceMemory

    /// The most images of one call.
    public let capacity: Int

    /// Compiles `model`.
    ///
    /// - Parameters:
    ///   - model: The model; only what it computes in inference.
    ///   - input: `[N, H, W, C]`; smaller batches of the same images run too.
    ///   - probabilities: Whether a softmax follows the model's logits.
    ///   - backend: Where to run; nil for where the model's parameters are.
    public convenience init(
        _ model: any Module, input: Shape, probabilities: Bool, on backend: (any Backend)? = nil
    ) {
        guard input.rank >= 2, input[0] > 0 else {
            fatalError("InferencePlan: input \(input) is not [N, H, W, C] with N > 0")
        }
        let backend =
            backend ?? model.parameters.first?.value.backend ?? Tensor(0).backend
        self.init(
            PlanProgram(
                model, image: Shape([1] + input.dimensions.dropFirst()),
                probabilities: probabilities, on: backend),
            capacity: input[0])
    }

    /// The same model for batches of up to `capacity` images. Shares the prepared filters.
    public convenience init(sharing plan: InferencePlan, capacity: Int) {
        guard capacity > 0 else { fatalError("InferencePlan: capacity \(capacity); expected > 0") }
        self.init(plan.program, capacity: capacity)
    }

    /// The same with passes whose values take about `passByteCount` bytes.
    package convenience init(
        sharing plan: InferencePlan, capacity: Int, passByteCount: Int
    ) {
        self.init(plan.program, capacity: capacity, passByteCount: passByteCount)
    }

    private init(
        _ program: PlanProgram, capacity: Int,
        passByteCount: Int = PlanSchedule.passByteCount
    ) {
        self.program = program
        self.capacity = capacity
        schedule = PlanSchedule(program, capacity: capacity, passByteCount: passByteCount)
        arena = program.backend.allocate(byteCount: schedule.arenaByteCount)
    }

    deinit { program.backend.release(arena) }

    /// The shape of the largest batch, `[capacity, H, W, C]`.
    public var inputShape: Shape {
        Shape([capacity] + program.inputShape.dimensions.dropFirst())
    }
    /// The shape of the result for the largest batch, `[capacity, classes]`.
    public var outputShape: Shape {
        Shape([capacity] + program.outputShape.dimensions.dropFirst())
    }
    /// The number of calls of the backend for a batch, copies included.
    public var stepCount: Int { program.steps.count }
    /// The numbers of images on which groups of steps run at a time, first to last.
    public var passSizes: [Int] { schedule.segments.map(\.imageCount) }
    /// The bytes of all intermediate values.
    public var arenaByteCount: Int { schedule.arenaByteCount }
    /// The bytes of the prepared filters and biases, which plans for other capacities share.
    public var constantByteCount: Int { program.constants.byteCount }

    /// The results for some images.
    ///
    /// - Parameter images: `[n, H, W, C]`, row-major, n from 0 to `capacity`.
    /// - Returns: `[n, classes]`, row-major.
    public func callAsFunction(_ images: [Float]) -> [Float] {
        let count = images.count / max(program.inputShape.count, 1) * program.outputShape.count
        return [Float](unsafeUninitializedCapacity: count) { results, initialized in
            images.withUnsafeBufferPointer { run($0, into: results) }
            initialized = count
        }
    }

    /// Writes the results for some images into memory of the caller. Allocates nothing.
    ///
    /// - Parameters:
    ///   - images: `[n, H, W, C]`, row-major, n from 0 to `capacity`.
    ///   - results: Room for `[n, classes]`, row-major; all of it is written.
    public func run(
        _ images: UnsafeBufferPointer<Float>, into results: UnsafeMutableBufferPointer<Float>
    ) {
        let (count, rest) = images.count.quotientAndRemainder(
            dividingBy: max(program.inputShape.count, 1))
        guard rest == 0, count <= capacity, results.count >= count * program.outputShape.count
        else {
            fatalError(
                """
                InferencePlan: \(images.count) values in, room for \(results.count) results; \
                expected up to \(inputShape) and \(outputShape)
                """)
        }
        let host = (
            images: UnsafeRawBufferPointer(images), results: UnsafeMutableRawBufferPointer(results)
        )
        for segment in schedule.segments {
            for first in stride(from: 0, to: count, by: segment.imageCount) {
                let images = first..<min(count, first + segment.imageCount)
                for index in segment.steps { perform(program.steps[index], images, host) }
            }
        }
    }
}

extension InferencePlan {
    /// The caller's memory.
    private typealias Host = (
        images: UnsafeRawBufferPointer, results: UnsafeMutableRawBufferPointer
    )

    /// Where `value` lies for some images of the batch.
    private func memory(_ value: Int, _ images: Range<Int>) -> DeviceMemory {
        let place = schedule.places[value]
        let skipped = place.isWhole ? images.lowerBound * place.imageByteCount : 0
        return arena.slice(
            at: place.offset + skipped, byteCount: images.count * place.imageByteCount)
    }

    private func perform(_ step: PlanStep, _ images: Range<Int>, _ host: Host) {
        let backend = program.backend
        if case .load = step.kernel {
            let size = program.inputShape.count * 4
            backend.upload(
                UnsafeRawBufferPointer(
                    rebasing: host.images[images.lowerBound * size..<images.upperBound * size]),
                to: memory(step.y, images))
            return
        }
        let x = memory(step.x, images)
        if case .store = step.kernel {
            let size = program.outputShape.count * 4
            backend.download(
                x,
                to: UnsafeMutableRawBufferPointer(
                    rebasing: host.results[images.lowerBound * size..<images.upperBound * size]))
            return
        }
        let y = memory(step.y, images)
        let second = step.second >= 0 ? memory(step.second, images) : nil
        let count = images.count * program.valueCounts[step.y]
        switch step.kernel {
        case .load, .store: break
        case .convolution(let geometry, let constants, let relu):
            backend.conv2d(
                x, prepared: constants.filter, bias: constants.bias, residual: second, relu: relu,
                geometry.withBatch(images.count), into: y)
        case .unary(let function): backend.unary(function, x, count: count, into: y)
        case .maxPool(let geometry):
            backend.maxPool2d(x, geometry.withBatch(images.count), into: y, indices: second!)
        case .averagePool(let geometry):
            backend.avgPool2d(x, geometry.withBatch(images.count), into: y)
        case .adaptivePool(let geometry):
            backend.adaptiveAvgPool2d(x, geometry.withBatch(images.count), into: y)
        case .softmax(let columns):
            backend.softmax(
                x, rows: count / max(columns, 1), columns: columns, logarithmic: false, into: y)
        }
    }
}

extension Conv2dGeometry {
    fileprivate func withBatch(_ batch: Int) -> Conv2dGeometry {
        var geometry = self
        geometry.batch = batch
        return geometry
    }
}

extension Pool2dGeometry {
    fileprivate func withBatch(_ batch: Int) -> Pool2dGeometry {
        var geometry = self
        geometry.batch = batch
        return geometry
    }
}

extension AdaptivePoolGeometry {
    fileprivate func withBatch(_ batch: Int) -> AdaptivePoolGeometry {
        var geometry = self
        geometry.batch = batch
        return geometry
    }
}

import Tensor

extension Augmentation {
    /// All random choices for one sample of one epoch.
    ///
    /// They follow from the arguments alone, so that a picture and what belongs to it, drawn apart,
    /// go through the same operations.
    ///
    /// - Parameters:
    ///   - size: the size of the decoded picture.
    ///   - seed: the run's seed.
    ///   - epoch: the epoch, from 0.
    ///   - index: the sample's place in its data set.
    package func draw(
        for size: Spatial, seed: UInt64, epoch: Int, index: Int
    ) -> [SampleOperation] {
        var drawing = SampleDrawing(size: size, seed: seed, epoch: epoch, index: index)
        for (place, step) in steps.enumerated() {
            drawing.add(step, centerKept: centerKept(after: place))
        }
        return drawing.operations
    }

    /// What a centre crop right after step `place` will keep.
    private func centerKept(after place: Int) -> Spatial? {
        guard place + 1 < steps.count, case .centerCrop(let size) = steps[place + 1] else {
            return nil
        }
        return size
    }
}

/// The operations of a sample as far as they are drawn.
private struct SampleDrawing {
    private let seed: UInt64
    private let epoch: Int
    private let index: Int
    private var random: RandomStream
    private var size: Spatial
    private(set) var operations: [SampleOperation] = []

    init(size: Spatial, seed: UInt64, epoch: Int, index: Int) {
        (self.size, self.seed, self.epoch, self.index) = (size, seed, epoch, index)
        random = RandomStream(seed: seed, purpose: .augmentation, epoch: epoch, index: index)
    }

    private mutating func add(_ operation: GeometricOperation) {
        operations.append(.geometric(operation))
        size = operation.outputSize(for: size)
    }

    private mutating func add(_ operation: SampleOperation) {
        switch operation {
        case .geometric(let operation): add(operation)
        case .photometric: operations.append(operation)
        }
    }

    mutating func add(_ step: Augmentation.Step, centerKept: Spatial?) {
        switch step {
        case .resize(.none):
            break
        case .resize(let rule):
            add(.resize(rule, keepingCenter: centerKept))
        case .centerCrop(let window):
            add(.centerCrop(window, of: size))
        case .randomCrop(let window, let padding, let mode):
            add(.randomCrop(window, of: size, padding: padding, mode: mode, &random))
        case .randomResizedCrop(let target, let scale, let ratio, let interpolation):
            let box = randomResizedBox(in: size, scale: scale, ratio: ratio, &random)
            add(.crop(top: box.top, left: box.left, size: box.size, padding: .zero))
            add(.resize(.exact(target, interpolation)))
        case .horizontalFlip(let probability):
            if random.uniform() < probability { add(.flip) }
        case .alternatingFlip:
            if isMirrored { add(.flip) }
        case .automatic(let policy):
            for operation in policy.draw(for: size, &random) { add(operation) }
        case .colorJitter(let jitter):
            operations += jitter.draw(&random).map(SampleOperation.photometric)
        case .greyscale(let probability):
            if random.uniform() < probability { operations.append(.photometric(.greyscale)) }
        }
    }

    /// The fixed half of the alternating flip has a stream of its own: an epoch no run reaches.
    private var isMirrored: Bool {
        var fixed = RandomStream(
            seed: seed, purpose: .augmentation, epoch: Int(UInt32.max), index: index)
        return (fixed.next() & 1 == 1) != (epoch % 2 == 1)
    }
}

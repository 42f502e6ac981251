import Tensor

/// Turns a data set into batches, some steps ahead of whoever uses them.
///
/// What is in batch `b` of epoch `e` follows from the data, the seed, `e` and `b` alone: not from the
/// number of workers, nor from timing, nor from where the epoch was entered.
///
/// ```swift
/// let loader = BatchLoader(train, batchSize: 128, augmentation: augmentation,
///     normalization: normalization, seed: 7, workers: 2, sampling: .shuffled)
/// let batches = loader.batches(epoch: 3)
/// while let batch = try batches.next() { … }
/// ```
public final class BatchLoader: Sendable {
    /// Where the samples come from.
    public let dataset: any Dataset
    /// The number of samples of every batch but the last.
    public let batchSize: Int
    /// What happens to each picture.
    public let augmentation: Augmentation
    /// How bytes become floats.
    public let normalization: Normalization
    /// The seed of order and augmentation.
    public let seed: UInt64
    /// The number of threads that prepare batches; with 0 the caller of `next()` does it.
    public let workers: Int
    /// Whether an incomplete last batch is left out.
    public let dropLast: Bool
    /// Which samples an epoch consists of, in what order.
    public let sampling: Sampling
    /// How the pictures of a batch are mixed; `nil` is not at all.
    public let mixing: BatchMixing?
    /// What happens when a picture cannot be read.
    public let unreadable: UnreadableImagePolicy

    /// Makes a loader.
    public init(
        _ dataset: any Dataset, batchSize: Int, augmentation: Augmentation = .none,
        normalization: Normalization, seed: UInt64 = 0, workers: Int = 2, dropLast: Bool = false,
        sampling: Sampling = .sequential, mixing: BatchMixing? = nil,
        unreadable: UnreadableImagePolicy = .fail
    ) {
        guard batchSize > 0, workers >= 0 else {
            fatalError("BatchLoader: batch size \(batchSize) with \(workers) workers")
        }
        self.dataset = dataset
        self.batchSize = batchSize
        self.augmentation = augmentation
        self.normalization = normalization
        self.seed = seed
        self.workers = workers
        self.dropLast = dropLast
        self.sampling = sampling
        self.mixing = mixing
        self.unreadable = unreadable
    }

    /// Makes a loader that does what inference does, in the data set's order.
    public convenience init(
        _ dataset: any Dataset, batchSize: Int, preprocessing: Preprocessing, workers: Int = 2,
        unreadable: UnreadableImagePolicy = .fail
    ) {
        self.init(
            dataset, batchSize: batchSize, augmentation: preprocessing.augmentation,
            normalization: preprocessing.normalization, workers: workers, unreadable: unreadable)
    }

    /// The number of batches of an epoch.
    public var batchCount: Int {
        dropLast ? dataset.count / batchSize : (dataset.count + batchSize - 1) / batchSize
    }

    /// The samples of an epoch in the order in which they are used.
    public func order(epoch: Int) -> [Int] {
        let order = sampleOrder(epoch: epoch)
        return order.draws.map(order.sample)
    }

    private func sampleOrder(epoch: Int) -> SampleOrder {
        SampleOrder(sampling, dataset: dataset, seed: seed, epoch: epoch)
    }

    /// The batches of an epoch from number `first` on; earlier ones are not prepared.
    public func batches(epoch: Int, startingAt first: Int = 0) -> BatchIterator {
        guard epoch >= 0, first >= 0 else {
            fatalError("batches: epoch \(epoch) from batch \(first); neither can be negative")
        }
        let preparation = BatchPreparation(
            loader: self, epoch: epoch, order: sampleOrder(epoch: epoch), batchCount: batchCount)
        return BatchIterator(preparation, first: first, workers: workers)
    }
}

/// What preparing the batches of one epoch needs to know; the same for all threads.
struct BatchPreparation: Sendable {
    let loader: BatchLoader
    let epoch: Int
    let order: SampleOrder
    let batchCount: Int

    /// Batch `number`, written into `storage` where that has room.
    func batch(_ number: Int, storage: [Float]) -> Result<Batch, DatasetError> {
        let start = number * loader.batchSize
        let draws = order.draws[start..<min(start + loader.batchSize, order.draws.count)]
        var batch = Batch(images: storage, shape: [0, 0, 0, 3], labels: [], indices: [])
        batch.number = number
        batch.labels.reserveCapacity(draws.count)
        batch.indices.reserveCapacity(draws.count)
        for draw in draws {
            do throws(ImageError) {
                try add(draw, to: &batch, capacity: draws.count)
            } catch {
                if loader.unreadable == .fail { return .failure(DatasetError(error)) }
                batch.failures.append(error)
            }
        }
        let elements = batch.shape[1] * batch.shape[2] * 3
        batch.shape[0] = batch.count
        batch.images.removeLast(batch.images.count - batch.count * elements)
        loader.mixing?.apply(to: &batch, seed: loader.seed, epoch: epoch)
        return .success(batch)
    }

    private func add(_ draw: Int, to batch: inout Batch, capacity: Int) throws(ImageError) {
        let index = order.sample(draw)
        let (image, mask) = try sample(index)
        let view = loader.augmentation.view(
            of: image, seed: loader.seed, epoch: epoch, index: draw)
        let (height, width) = (view.size.height, view.size.width)
        let elements = height * width * 3
        if batch.labels.isEmpty {
            batch.shape = [0, height, width, 3]
            Self.resize(&batch.images, to: capacity * elements)
        } else if batch.shape[1] != height || batch.shape[2] != width {
            throw ImageError(
                name: loader.dataset.name(at: index),
                reason: .wrongSize(
                    "is \(height)x\(width) (height x width) where its batch has "
                        + "\(batch.shape[1])x\(batch.shape[2]); resize or crop to one size"))
        }
        let start = batch.count * elements
        batch.images.withUnsafeMutableBufferPointer { buffer in
            let pixels = UnsafeMutableBufferPointer(rebasing: buffer[start..<(start + elements)])
            view.write(loader.normalization, to: pixels)
            loader.augmentation.erase(
                pixels, size: view.size, loader.normalization, seed: loader.seed, epoch: epoch,
                index: draw)
        }
        if let mask {
            let operations = loader.augmentation.draw(
                for: Spatial(height: image.height, width: image.width), seed: loader.seed,
                epoch: epoch, index: draw)
            let map = PixelMap(Spatial(height: mask.height, width: mask.width), operations)
            batch.masks += mask.classes(through: map)
        }
        batch.labels.append(loader.dataset.label(at: index))
        let further = loader.dataset.furtherLabels(at: index)
        if batch.furtherLabels.isEmpty, !further.isEmpty {
            batch.furtherLabels = further.map { _ in [] }
        }
        for (place, label) in further.enumerated() { batch.furtherLabels[place].append(label) }
        batch.indices.append(index)
    }

    /// A picture and its mask, which must have one size.
    private func sample(_ index: Int) throws(ImageError) -> (image: Image, mask: Mask?) {
        let image = try loader.dataset.image(at: index)
        guard let mask = try loader.dataset.mask(at: index) else { return (image, nil) }
        if let problem = mask.misfit(image) {
            throw ImageError(name: loader.dataset.name(at: index), reason: .wrongSize(problem))
        }
        return (image, mask)
    }

    /// Every element is written afterwards, so a buffer of the right size is taken as it is.
    private static func resize(_ storage: inout [Float], to count: Int) {
        if storage.count > count {
            storage.removeLast(storage.count - count)
        } else if storage.count < count {
            storage = [Float](unsafeUninitializedCapacity: count) { _, initialized in
                initialized = count
            }
        }
    }
}

/// The batches of one epoch, in order.
///
/// One thread at a time may call `next()`. Dropping the iterator, or `cancel()`, stops its workers
/// after the batch each is at.
public final class BatchIterator {
    private let preparation: BatchPreparation
    private let queue: BatchQueue?
    private var number: Int
    private var spare: [Float] = []
    private var isOver = false

    /// Batches finished or in work beyond the one in use, for each worker. Two absorb the
    /// unevenness of decoding times; more would only cost memory.
    private static let depthPerWorker = 2

    init(_ preparation: BatchPreparation, first: Int, workers: Int) {
        self.preparation = preparation
        number = first
        let remaining = preparation.batchCount - first
        let threads = min(workers, max(remaining, 0))
        guard threads > 0 else {
            queue = nil
            return
        }
        let queue = BatchQueue(
            first: first, end: preparation.batchCount, capacity: threads * Self.depthPerWorker)
        self.queue = queue
        for _ in 0..<threads {
            startThread { [preparation] in
                while let (number, storage) = queue.claim() {
                    queue.deliver(preparation.batch(number, storage: storage), number: number)
                }
            }
        }
    }

    deinit { queue?.stop() }

    /// The next batch, or `nil` at the end of the epoch.
    ///
    /// - Throws: the error of a picture that cannot be read or has the wrong size. The epoch is
    ///   over then.
    public func next() throws(DatasetError) -> Batch? {
        guard !isOver, number < preparation.batchCount else { return nil }
        let result: Result<Batch, DatasetError>
        if let queue {
            result = queue.take(number)
        } else {
            result = preparation.batch(number, storage: spare)
            spare = []
        }
        number += 1
        switch result {
        case .success(let batch):
            return batch
        case .failure(let error):
            cancel()
            throw error
        }
    }

    /// Gives a used batch's memory back for a later one. Optional; it saves allocations.
    public func recycle(_ batch: consuming Batch) {
        let storage = batch.images
        if let queue { queue.recycle(storage) } else { spare = storage }
    }

    /// Ends the epoch early; `next()` returns `nil` from now on.
    public func cancel() {
        isOver = true
        queue?.stop()
    }
}

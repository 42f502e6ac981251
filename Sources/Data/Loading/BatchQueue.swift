import Glibc

/// Hands batch numbers to workers and finished batches, in order, to the consumer.
///
/// Unchecked, because everything below is touched only with `mutex` held.
final class BatchQueue: @unchecked Sendable {
    private let capacity: Int
    private let end: Int
    private var nextToClaim: Int
    private var nextToTake: Int
    private var finished: [Int: Result<Batch, DatasetError>] = [:]
    private var storages: [[Float]] = []
    private var isStopped = false

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let roomAppeared = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let batchAppeared = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    /// Batches `first..<end`, at most `capacity` of them claimed and not yet taken.
    init(first: Int, end: Int, capacity: Int) {
        nextToClaim = first
        nextToTake = first
        self.end = end
        self.capacity = capacity
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(roomAppeared, nil)
        pthread_cond_init(batchAppeared, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        pthread_cond_destroy(roomAppeared)
        pthread_cond_destroy(batchAppeared)
        mutex.deallocate()
        roomAppeared.deallocate()
        batchAppeared.deallocate()
    }

    private func locked<Value>(_ body: () -> Value) -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    /// For workers: waits for room, then gives the next number and memory to use; `nil` at the end.
    func claim() -> (number: Int, storage: [Float])? {
        locked {
            while !isStopped && nextToClaim < end && nextToClaim >= nextToTake + capacity {
                pthread_cond_wait(roomAppeared, mutex)
            }
            guard !isStopped, nextToClaim < end else { return nil }
            defer { nextToClaim += 1 }
            return (nextToClaim, storages.popLast() ?? [])
        }
    }

    /// For workers: hands in batch `number`.
    func deliver(_ result: Result<Batch, DatasetError>, number: Int) {
        locked {
            finished[number] = result
            pthread_cond_signal(batchAppeared)
        }
    }

    /// For the consumer: waits for batch `number`, the next in order.
    func take(_ number: Int) -> Result<Batch, DatasetError> {
        locked {
            while true {
                if let result = finished.removeValue(forKey: number) {
                    nextToTake = number + 1
                    pthread_cond_broadcast(roomAppeared)
                    return result
                }
                pthread_cond_wait(batchAppeared, mutex)
            }
        }
    }

    /// For the consumer: memory for later batches.
    func recycle(_ storage: [Float]) {
        locked {
            if storages.count < capacity { storages.append(storage) }
        }
    }

    /// Sends the workers home and drops what they made.
    func stop() {
        locked {
            isStopped = true
            finished = [:]
            storages = []
            pthread_cond_broadcast(roomAppeared)
        }
    }
}

/// Runs `body` on a thread of its own, which ends with it.
func startThread(_ body: @escaping @Sendable () -> Void) {
    let box = Unmanaged.passRetained(ThreadBody(body))
    var thread = pthread_t()
    let status = pthread_create(
        &thread, nil,
        { argument in
            Unmanaged<ThreadBody>.fromOpaque(argument!).takeRetainedValue().body()
            return nil
        }, box.toOpaque())
    guard status == 0 else { fatalError("a loader thread could not be started") }
    pthread_detach(thread)
}

private final class ThreadBody: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

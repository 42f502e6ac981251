import Glibc
import Kernels
import Synchronization

/// A team of threads that runs the blocks of one computation and then waits for the next.
///
/// The caller takes part, so a pool of one thread has no other. Blocks are claimed in order as
/// threads become free: *which* thread runs a block depends on timing, so nothing that a block
/// writes may depend on its worker. The blocks themselves must follow from the problem alone, never
/// from `threadCount`: then any number of threads gives the same bits.
///
/// Idle workers spin for some tens of microseconds (a training step is hundreds of regions, each
/// shorter than a sleep and a wake) and then sleep.
public final class ThreadPool: Sendable {
    /// The number of threads that run blocks, the caller included.
    public let threadCount: Int

    private let team: Team

    /// Creates a pool of `threadCount` threads.
    public init(threadCount: Int) {
        guard threadCount >= 1 else {
            fatalError("ThreadPool: \(threadCount) threads; at least 1 is needed")
        }
        self.threadCount = threadCount
        team = Team(helpers: threadCount - 1)
        for worker in 1..<max(threadCount, 1) {
            let start = Unmanaged.passRetained(WorkerStart(team: team, worker: worker))
            var thread = pthread_t()
            let status = pthread_create(&thread, nil, runWorker, start.toOpaque())
            guard status == 0 else { fatalError("ThreadPool: no thread could be started") }
            pthread_detach(thread)
        }
    }

    deinit { team.stop() }

    /// The number of cores that this process may run on.
    public static var availableCores: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// Runs `body(block, worker)` for every block of 0..<`blockCount` and returns when all are done.
    ///
    /// `worker` is in 0..<`threadCount`, and no two blocks run at the same time with the same worker:
    /// it picks scratch memory. Callers on different threads therefore take turns. A call from inside
    /// a block runs its blocks one after another on the calling worker.
    public func parallelFor(_ blockCount: Int, _ body: (_ block: Int, _ worker: Int) -> Void) {
        if let worker = PoolThread.worker(in: team) {
            for block in 0..<blockCount { body(block, worker) }
        } else if blockCount > 0 {
            withoutActuallyEscaping(body) { body in
                withUnsafePointer(to: body) { team.run(blockCount, $0) }
            }
        }
    }
}

/// Which worker of which pool the current thread is. A block of one pool may run a region of another,
/// so the places form a stack, which lives in the frames of `run`.
private enum PoolThread {
    private struct Place {
        let team: ObjectIdentifier
        let worker: Int
        let outer: UnsafeRawPointer?
    }

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key, nil)
        return key
    }()

    /// The worker of `team` that this thread is, nil outside of its regions.
    static func worker(in team: Team) -> Int? {
        var next = UnsafeRawPointer(pthread_getspecific(key))
        while let place = next?.load(as: Place.self) {
            if place.team == ObjectIdentifier(team) { return place.worker }
            next = place.outer
        }
        return nil
    }

    static func run(as worker: Int, of team: Team, _ body: () -> Void) {
        let outer = UnsafeRawPointer(pthread_getspecific(key))
        let place = Place(team: ObjectIdentifier(team), worker: worker, outer: outer)
        withUnsafePointer(to: place) { place in
            pthread_setspecific(key, place)
            body()
            pthread_setspecific(key, outer)
        }
    }
}

private final class WorkerStart {
    let team: Team
    let worker: Int

    init(team: Team, worker: Int) {
        self.team = team
        self.worker = worker
    }
}

private func runWorker(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    let start = Unmanaged<WorkerStart>.fromOpaque(argument!).takeRetainedValue()
    start.team.work(as: start.worker)
    return nil
}

/// What the threads of a pool share. Unchecked, because `body` and `blockCount` are plain memory:
/// the caller writes them before it raises `generation`, helpers read them after they saw it raised,
/// and the caller waits for every helper before it returns.
private final class Team: @unchecked Sendable {
    typealias Body = (Int, Int) -> Void

    private let helpers: Int
    private let generation = Atomic<Int>(0)
    private let nextBlock = Atomic<Int>(0)
    private let runningHelpers = Atomic<Int>(0)
    private let sleepers = Atomic<Int>(0)
    private let isStopping = Atomic<Bool>(false)
    private var body: UnsafePointer<Body>?
    private var blockCount = 0
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let callers = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

    private static let spinLimit = 20_000

    init(helpers: Int) {
        self.helpers = helpers
        pthread_mutex_init(mutex, nil)
        pthread_mutex_init(callers, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        pthread_mutex_destroy(callers)
        pthread_cond_destroy(condition)
        mutex.deallocate()
        callers.deallocate()
        condition.deallocate()
    }

    /// One region. Callers from different threads take turns.
    func run(_ blockCount: Int, _ body: UnsafePointer<Body>) {
        pthread_mutex_lock(callers)
        defer { pthread_mutex_unlock(callers) }
        if helpers == 0 || blockCount == 1 {
            PoolThread.run(as: 0, of: self) {
                for block in 0..<blockCount { body.pointee(block, 0) }
            }
            return
        }
        self.body = body
        self.blockCount = blockCount
        nextBlock.store(0, ordering: .relaxed)
        runningHelpers.store(helpers, ordering: .relaxed)
        generation.add(1, ordering: .sequentiallyConsistent)
        if sleepers.load(ordering: .sequentiallyConsistent) > 0 { wakeAll() }
        claimBlocks(as: 0, blockCount, body)
        var spins = 0
        while runningHelpers.load(ordering: .acquiring) != 0 {
            pauseOrYield(&spins)
        }
    }

    func work(as worker: Int) {
        var seen = 0
        while true {
            waitForGeneration(after: seen)
            if isStopping.load(ordering: .acquiring) { return }
            seen += 1
            claimBlocks(as: worker, blockCount, body!)
            runningHelpers.subtract(1, ordering: .releasing)
        }
    }

    func stop() {
        isStopping.store(true, ordering: .releasing)
        generation.add(1, ordering: .sequentiallyConsistent)
        wakeAll()
    }

    private func claimBlocks(as worker: Int, _ blockCount: Int, _ body: UnsafePointer<Body>) {
        PoolThread.run(as: worker, of: self) {
            while true {
                let block = nextBlock.add(1, ordering: .relaxed).oldValue
                guard block < blockCount else { return }
                body.pointee(block, worker)
            }
        }
    }

    private func waitForGeneration(after seen: Int) {
        for _ in 0..<Team.spinLimit {
            if generation.load(ordering: .acquiring) != seen { return }
            residual_pause()
        }
        sleepers.add(1, ordering: .sequentiallyConsistent)
        pthread_mutex_lock(mutex)
        while generation.load(ordering: .sequentiallyConsistent) == seen {
            pthread_cond_wait(condition, mutex)
        }
        pthread_mutex_unlock(mutex)
        sleepers.subtract(1, ordering: .sequentiallyConsistent)
    }

    private func wakeAll() {
        pthread_mutex_lock(mutex)
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    /// A helper may have lost its core to another process: after a while give it ours.
    private func pauseOrYield(_ spins: inout Int) {
        spins += 1
        if spins % 4096 == 0 { sched_yield() } else { residual_pause() }
    }
}

import Foundation
import Synchronization
import Tensor
import Testing

@Suite struct ThreadPoolTests {
    /// How often each block of a region ran.
    private final class Counts: Sendable {
        private let counts: Mutex<[Int]>

        init(_ count: Int) { counts = Mutex([Int](repeating: 0, count: count)) }

        func add(_ block: Int) { counts.withLock { $0[block] += 1 } }
        var all: [Int] { counts.withLock { $0 } }
    }

    /// Notes when two blocks run at a time with one worker.
    private final class Workers: Sendable {
        private let busy = Mutex(Set<Int>())
        private let clashCount = Atomic<Int>(0)

        var clashes: Int { clashCount.load(ordering: .relaxed) }

        func occupy(_ worker: Int) {
            if !busy.withLock({ $0.insert(worker).inserted }) {
                clashCount.add(1, ordering: .relaxed)
            }
            // Long enough for others to come in.
            usleep(50)
            busy.withLock { _ = $0.remove(worker) }
        }
    }

    @Test("Every block runs once", arguments: [1, 2, 3, 8], [0, 1, 2, 7, 1000])
    func everyBlockOnce(threads: Int, blocks: Int) {
        let pool = ThreadPool(threadCount: threads)
        let counts = Counts(blocks)
        pool.parallelFor(blocks) { block, worker in
            counts.add(block)
            if !(0..<threads).contains(worker) { Issue.record("worker \(worker) of \(threads)") }
        }
        #expect(counts.all == [Int](repeating: 1, count: blocks))
    }

    @Test func manyRegions() {
        let pool = ThreadPool(threadCount: 3)
        let total = Atomic<Int>(0)
        for region in 0..<3000 {
            pool.parallelFor(region % 5) { block, _ in
                total.add(block + 1, ordering: .relaxed)
            }
        }
        // Regions of 0 to 4 blocks: 0 + 1 + 3 + 6 + 10 in five.
        #expect(total.load(ordering: .relaxed) == 600 * 20)
    }

    @Test func regionsAfterSleep() async throws {
        let pool = ThreadPool(threadCount: 3)
        let counts = Counts(5)
        for _ in 0..<5 {
            pool.parallelFor(5) { block, _ in counts.add(block) }
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(counts.all == [5, 5, 5, 5, 5])
    }

    /// Scratch memory is chosen by worker: two blocks at a time with one worker would share it.
    @Test func noWorkerRunsTwoBlocksAtOnce() {
        let pool = ThreadPool(threadCount: 4)
        let workers = Workers()
        for _ in 0..<200 { pool.parallelFor(16) { _, worker in workers.occupy(worker) } }
        #expect(workers.clashes == 0)
    }

    /// The same for several callers, also where a region is one block.
    @Test("Callers share no worker", arguments: [1, 3])
    func callersShareNoWorker(threads: Int) {
        let pool = ThreadPool(threadCount: threads)
        let workers = Workers()
        onThreads(4) { caller in
            for round in 0..<100 {
                pool.parallelFor(1 + (caller + round) % 3) { _, worker in workers.occupy(worker) }
            }
        }
        #expect(workers.clashes == 0)
    }

    /// A block of one pool is a stranger to another pool, which has fewer workers, and comes back to
    /// its own.
    @Test func poolsInsideOfPools() {
        let outer = ThreadPool(threadCount: 4)
        let inner = ThreadPool(threadCount: 2)
        let counts = Counts(16 * 5 * 3)
        let strangers = Atomic<Int>(0)
        outer.parallelFor(16) { a, worker in
            usleep(100)
            inner.parallelFor(5) { b, innerWorker in
                if innerWorker >= 2 { strangers.add(1, ordering: .relaxed) }
                inner.parallelFor(3) { c, again in
                    counts.add((a * 5 + b) * 3 + c)
                    if again != innerWorker { strangers.add(1, ordering: .relaxed) }
                }
            }
            outer.parallelFor(2) { _, again in
                if again != worker { strangers.add(1, ordering: .relaxed) }
            }
        }
        #expect(counts.all == [Int](repeating: 1, count: 240))
        #expect(strangers.load(ordering: .relaxed) == 0)
    }

    @Test func nestedCallsRunOnTheSameWorker() {
        let pool = ThreadPool(threadCount: 3)
        let counts = Counts(7 * 5)
        let strangers = Atomic<Int>(0)
        pool.parallelFor(7) { outer, worker in
            pool.parallelFor(5) { inner, innerWorker in
                counts.add(outer * 5 + inner)
                if innerWorker != worker { strangers.add(1, ordering: .relaxed) }
            }
        }
        #expect(counts.all == [Int](repeating: 1, count: 35))
        #expect(strangers.load(ordering: .relaxed) == 0)
    }

    @Test func severalCallersTakeTurns() {
        let pool = ThreadPool(threadCount: 3)
        let counts = Counts(4 * 11)
        onThreads(4) { caller in
            for _ in 0..<200 {
                pool.parallelFor(11) { block, _ in counts.add(caller * 11 + block) }
            }
        }
        #expect(counts.all == [Int](repeating: 200, count: 44))
    }

    /// Runs `body` on threads of its own (tasks may all be given the same one) and waits for them.
    private func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        let done = Counts(count)
        for index in 0..<count {
            Thread.detachNewThread {
                body(index)
                done.add(index)
            }
        }
        while done.all.contains(0) { usleep(200) }
    }

    @Test func poolsCanBeDropped() {
        for _ in 0..<50 {
            let pool = ThreadPool(threadCount: 4)
            let counts = Counts(9)
            pool.parallelFor(9) { block, _ in counts.add(block) }
            #expect(counts.all == [Int](repeating: 1, count: 9))
            _ = ThreadPool(threadCount: 2)
        }
    }
}

import Tensor
import Testing

/// What a step keeps, frees and asks the system for.
@Suite struct MemoryTests {
    @Test("Memory returns to what it was", arguments: [false, true])
    func stepLeavesNothing(onCPU: Bool) {
        let backend: any Backend = onCPU ? CPUBackend(threadCount: 2) : ReferenceBackend()
        let network = SmallNetwork(backend: backend)
        _ = network.step(learningRate: 0.1)
        let before = backend.memoryStatistics.active
        for _ in 0..<3 {
            _ = network.step(learningRate: 0.1)
            #expect(backend.memoryStatistics.active == before)
        }
    }

    @Test("A training loop asks the system for nothing after its second step", arguments: [1, 3])
    func noMisses(threads: Int) {
        let backend = CPUBackend(threadCount: threads)
        let network = SmallNetwork(backend: backend)
        for _ in 0..<2 { _ = network.step(learningRate: 0.1) }
        let misses = backend.memoryStatistics.misses
        for _ in 0..<5 { _ = network.step(learningRate: 0.1) }
        #expect(backend.memoryStatistics.misses == misses)
        #expect(misses > 0)
    }

    /// A chain of n links holds n activations when the backward sweep starts. The sweep frees each as
    /// it passes, so its own gradients fit into what it has freed.
    @Test func sweepFreesAsItPasses() {
        let backend = ReferenceBackend()
        withBackend(backend) {
            let bytes = 4 * 1024
            let w = Parameter(Tensor(repeating: 0.5, shape: [1024]), role: .vector)
            let start = backend.memoryStatistics.active
            var full = 0
            let (_, gradients) = valueWithGradients(of: [w]) {
                var y = w.tensor()
                for _ in 0..<50 { y = sigmoid(y) }
                full = backend.memoryStatistics.active
                return sum(y)
            }
            #expect(full - start == 50 * bytes)
            #expect(backend.memoryStatistics.peak - full <= 4 * bytes)
            withExtendedLifetime(gradients) {
                #expect(backend.memoryStatistics.active - start == bytes)
            }
            #expect(gradients[w] != nil)
        }
    }

    @Test func droppedRecordingsFreeWhatTheySaved() {
        let backend = ReferenceBackend()
        withBackend(backend) {
            let w = Parameter(Tensor(repeating: 0.5, shape: [1024]), role: .vector)
            let start = backend.memoryStatistics.active
            _ = valueWithGradients(of: [w]) {
                _ = exp(w.tensor() * w.tensor())
                return Tensor(1)
            }
            #expect(backend.memoryStatistics.active == start)
        }
    }

    @Test func nothingIsSavedOutsideOfRecordings() {
        let backend = ReferenceBackend()
        withBackend(backend) {
            let x = Tensor(repeating: 0.5, shape: [1024])
            let start = backend.memoryStatistics.active
            var y = x
            for _ in 0..<50 { y = exp(y * 0.1) }
            #expect(backend.memoryStatistics.active - start == 4 * 1024)
            #expect(y.count == 1024)
        }
    }
}

@Suite struct MemoryPoolTests {
    @Test func sameSizeComesBack() {
        let pool = MemoryPool(byteCap: 1 << 20)
        let first = pool.allocate(byteCount: 1000)
        pool.release(first)
        let second = pool.allocate(byteCount: 1000)
        #expect(second.address == first.address)
        #expect(pool.statistics.misses == 1)
        let other = pool.allocate(byteCount: 5000)
        #expect(other.address != second.address)
        #expect(pool.statistics.misses == 2)
        pool.release(second)
        pool.release(other)
    }

    private static let mebibyte = 1 << 20

    /// What was two blocks serves as one, and the other way round.
    @Test func largeBlocksAreCutAndJoined() {
        let pool = MemoryPool(byteCap: 1 << 30)
        let blocks = (0..<4).map { _ in pool.allocate(byteCount: 2 * Self.mebibyte) }
        #expect(pool.statistics.misses == 4)
        for order in [[0, 1, 2, 3], [3, 1, 0, 2], [1, 3, 2, 0]] {
            for index in order { pool.release(blocks[index]) }
            let whole = pool.allocate(byteCount: 8 * Self.mebibyte)
            #expect(whole.address == blocks[0].address)
            pool.release(whole)
            let again = (0..<4).map { _ in pool.allocate(byteCount: 2 * Self.mebibyte) }
            #expect(again.map(\.address) == blocks.map(\.address))
        }
        #expect(pool.statistics.misses == 4)
        #expect(pool.statistics.active == 8 * Self.mebibyte)
        #expect(pool.statistics.cached == 0)
        blocks.forEach(pool.release)
        #expect(pool.statistics.cached == 8 * Self.mebibyte)
    }

    /// Activations of falling sizes, then gradients of growing ones: the system gives hardly more than
    /// is in use at the worst moment.
    @Test func oneStepAfterAnotherFitsInItsPeak() {
        let pool = MemoryPool(byteCap: 1 << 30)
        var misses = 0
        for step in 0..<4 {
            var kept: [DeviceMemory] = []
            for size in [8, 8, 4, 4, 2, 2, 1] {
                kept += (0..<3).map { _ in pool.allocate(byteCount: size * Self.mebibyte + 1) }
            }
            while let activation = kept.popLast() {
                let gradient = pool.allocate(byteCount: activation.byteCount)
                pool.release(activation)
                pool.release(gradient)
            }
            if step == 1 { misses = pool.statistics.misses }
        }
        #expect(pool.statistics.misses == misses)
        #expect(pool.statistics.active == 0)
        #expect(pool.statistics.cached <= pool.statistics.peak + 8 * Self.mebibyte)
    }

    @Test func largeBlocksGoBackToTheSystem() {
        let pool = MemoryPool(byteCap: 6 * Self.mebibyte)
        let blocks = (0..<4).map { _ in pool.allocate(byteCount: 2 * Self.mebibyte) }
        for block in blocks {
            UnsafeMutablePointer<UInt8>(bitPattern: block.address)![5] = 7
            pool.release(block)
            #expect(pool.statistics.cached <= 6 * Self.mebibyte)
        }
        pool.releaseCached()
        #expect(pool.statistics.cached == 0)
        let fresh = pool.allocate(byteCount: 2 * Self.mebibyte)
        #expect(UnsafeMutablePointer<UInt8>(bitPattern: fresh.address)![5] == 0)
        pool.release(fresh)
    }

    @Test func counts() {
        let pool = MemoryPool(byteCap: 1 << 20)
        let a = pool.allocate(byteCount: 640)
        let b = pool.allocate(byteCount: 1)
        #expect(pool.statistics.active == 704)
        pool.release(a)
        #expect(pool.statistics.active == 64)
        #expect(pool.statistics.cached == 640)
        #expect(pool.statistics.peak == 704)
        pool.resetPeak()
        #expect(pool.statistics.peak == 64)
        pool.release(b)
        pool.releaseCached()
        #expect(pool.statistics.active == 0)
        #expect(pool.statistics.cached == 0)
    }

    @Test func blocksAreAlignedAndApart() {
        let pool = MemoryPool(byteCap: 1 << 20)
        let blocks = [1, 63, 64, 65, 4097, 0, 1 << 20, 3 << 20, (1 << 20) + 1].map {
            pool.allocate(byteCount: $0)
        }
        for block in blocks {
            #expect(block.address % UInt(MemoryPool.alignment) == 0)
        }
        let sorted = blocks.sorted { $0.address < $1.address }
        for (a, b) in zip(sorted, sorted.dropFirst()) {
            #expect(a.address + UInt(a.byteCount) <= b.address)
        }
        blocks.forEach(pool.release)
    }

    @Test func capKeepsTheCacheSmall() {
        let pool = MemoryPool(byteCap: 10_000)
        let blocks = [640, 6400, 3200, 6400, 128].map { pool.allocate(byteCount: $0) }
        for block in blocks {
            pool.release(block)
            #expect(pool.statistics.cached <= 10_000)
        }
        #expect(pool.statistics.active == 0)
        #expect(pool.statistics.cached == 640 + 3200 + 128)
    }

    @Test func manyThreadsAtOnce() async {
        let pool = MemoryPool(byteCap: 1 << 16)
        await withTaskGroup(of: Bool.self) { group in
            for task in 0..<8 {
                group.addTask {
                    var random = RandomStream(seed: 1, purpose: .synthesis, index: task)
                    var isIntact = true
                    for round in 0..<500 {
                        // Every eighth block comes from the arena.
                        let most = round % 8 == 0 ? 600_000 : 300
                        let block = pool.allocate(
                            byteCount: 4 * (1 + random.integer(below: most)))
                        let words = UnsafeMutablePointer<UInt32>(bitPattern: block.address)!
                        let mark = random.next()
                        for i in 0..<block.byteCount / 4 { words[i] = mark }
                        await Task.yield()
                        for i in 0..<block.byteCount / 4 where words[i] != mark { isIntact = false }
                        pool.release(block)
                    }
                    return isIntact
                }
            }
            for await isIntact in group { #expect(isIntact) }
        }
        #expect(pool.statistics.active == 0)
    }
}

import NN
import Tensor
import Testing

/// Places for the buffers of plans.
struct BufferLayoutTests {
    /// The buffers of a random graph: each value lives from the step that makes it to its last use.
    private func requests(_ seed: Int) -> [BufferRequest] {
        var random = RandomStream(seed: 6, purpose: .synthesis, index: seed)
        let count = 1 + random.integer(below: 60)
        var last = Array(0..<count)
        for step in 1..<max(count, 2) where step < count {
            for _ in 0...random.integer(below: 2) {
                let isNear = random.integer(below: 4) > 0
                let source = isNear ? max(0, step - 1) : random.integer(below: step)
                last[source] = step
            }
        }
        return last.enumerated().map { first, last in
            BufferRequest(byteCount: random.integer(below: 5000), lifetime: first...last)
        }
    }

    @Test(arguments: 0..<200)
    func whatLivesTogetherLiesApart(_ seed: Int) {
        let requests = requests(seed)
        let layout = BufferLayout(requests)
        let places = zip(layout.offsets, requests).map { $0..<$0 + max($1.byteCount, 1) }
        for a in requests.indices {
            #expect(layout.offsets[a] % 64 == 0)
            #expect(places[a].upperBound <= layout.byteCount)
            for b in requests.indices
            where b < a && requests[a].lifetime.overlaps(requests[b].lifetime) {
                #expect(!places[a].overlaps(places[b]), "buffers \(a) and \(b)")
            }
        }
        let bound = BufferLayout.lowerBound(requests)
        #expect(layout.byteCount >= bound)
        #expect(layout.byteCount <= bound + bound / 2, "\(layout.byteCount), least \(bound)")
    }

    @Test func gapsAreUsed() {
        let requests = [
            BufferRequest(byteCount: 640, lifetime: 0...1),
            BufferRequest(byteCount: 320, lifetime: 1...2),
            BufferRequest(byteCount: 640, lifetime: 2...3),
            BufferRequest(byteCount: 128, lifetime: 3...9),
        ]
        let layout = BufferLayout(requests)
        #expect(layout.byteCount == 960)
        #expect(layout.offsets == [0, 640, 0, 640])
    }
}

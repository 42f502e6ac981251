import Tensor
import Testing

@Suite struct RandomTests {
    /// The known answers that come with Random123 (kat_vectors, philox4x32 of 10 rounds).
    @Test func knownAnswers() {
        let ones = UInt32.max
        #expect(
            philox4x32(counter: [0, 0, 0, 0], key: [0, 0])
                == [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8])
        #expect(
            philox4x32(counter: [ones, ones, ones, ones], key: [ones, ones])
                == [0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD])
        #expect(
            philox4x32(
                counter: [0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344],
                key: [0xA409_3822, 0x299F_31D0])
                == [0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1])
    }

    /// A stream is Philox under the counter (block, purpose, epoch, index) and the seed as key: what
    /// a seed means must never change.
    @Test func streamsArePhilox() {
        var stream = RandomStream(
            seed: 0x0123_4567_89AB_CDEF, purpose: .augmentation, epoch: 5, index: 77)
        for block in 0..<3 {
            let words = philox4x32(
                counter: [UInt32(block), 3, 5, 77], key: [0x89AB_CDEF, 0x0123_4567])
            for i in 0..<4 { #expect(stream.next() == words[i]) }
        }
    }

    @Test func streamsDifferInEveryPartOfTheKey() {
        var streams = [
            RandomStream(seed: 1, purpose: .shuffle), RandomStream(seed: 2, purpose: .shuffle),
            RandomStream(seed: 1 << 32, purpose: .shuffle),
            RandomStream(seed: 1, purpose: .dropout),
            RandomStream(seed: 1, purpose: .shuffle, epoch: 1),
            RandomStream(seed: 1, purpose: .shuffle, index: 1),
        ]
        let first = streams.indices.map { streams[$0].next() }
        #expect(Set(first).count == streams.count)
    }

    @Test func uniformNumbers() {
        var random = RandomStream(seed: 3, purpose: .synthesis)
        let count = 100_000
        let values = (0..<count).map { _ in random.uniform() }
        #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
        let mean = values.reduce(0.0) { $0 + Double($1) } / Double(count)
        // Four standard errors: 4 · √(1/12) / √n.
        #expect(abs(mean - 0.5) < 0.0037)
        var bins = [Int](repeating: 0, count: 16)
        for value in values { bins[Int(value * 16)] += 1 }
        expectUniform(bins, expected: Double(count) / 16)
        let scaled = (0..<1000).map { _ in random.uniform(in: -3...5) }
        #expect(scaled.min()! >= -3 && scaled.max()! <= 5 && scaled.min()! < -2.8)
    }

    @Test("Integers are in range and without bias", arguments: [1, 2, 3, 7, 10, 1000])
    func integers(bound: Int) {
        var random = RandomStream(seed: 4, purpose: .shuffle, index: bound)
        var bins = [Int](repeating: 0, count: bound)
        for _ in 0..<100 * bound { bins[random.integer(below: bound)] += 1 }
        if bound > 1 { expectUniform(bins, expected: 100) }
    }

    /// Two thirds of 2³²: plain multiplication or remainder would favour a half of the numbers two to
    /// one.
    @Test func largeBoundsAreUnbiased() {
        var random = RandomStream(seed: 5, purpose: .shuffle)
        let bound = 2_863_311_531
        var lower = 0
        var odd = 0
        for _ in 0..<20_000 {
            let value = random.integer(below: bound)
            #expect(value >= 0 && value < bound)
            if value < bound / 2 { lower += 1 }
            if value % 2 == 1 { odd += 1 }
        }
        // Five standard deviations of a fair coin.
        #expect(abs(lower - 10_000) < 354)
        #expect(abs(odd - 10_000) < 354)
    }

    @Test func normalNumbers() {
        var random = RandomStream(seed: 6, purpose: .initialization)
        let count = 200_000.0
        let values = (0..<Int(count)).map { _ in Double(random.normal()) }
        let mean = values.reduce(0, +) / count
        let moments = (2...4).map { power in
            values.reduce(0.0) { sum, value in
                sum + (1..<power).reduce(value) { product, _ in product * value }
            } / count
        }
        // Four standard errors of each moment: 1, √2, √15, √96 over √n.
        #expect(abs(mean) < 0.009)
        #expect(abs(moments[0] - 1) < 0.013)
        #expect(abs(moments[1]) < 0.035)
        #expect(abs(moments[2] - 3) < 0.088)
        #expect(values.allSatisfy { $0.isFinite })
    }

    @Test func shuffleIsAPermutation() {
        var random = RandomStream(seed: 7, purpose: .shuffle)
        var values = Array(0..<1000)
        random.shuffle(&values)
        #expect(values != Array(0..<1000))
        #expect(values.sorted() == Array(0..<1000))
        var empty: [Int] = []
        random.shuffle(&empty)
        #expect(empty.isEmpty)
    }

    /// Every element is equally likely to end anywhere.
    @Test func shuffleIsFair() {
        var random = RandomStream(seed: 8, purpose: .shuffle)
        var places = [Int](repeating: 0, count: 25)
        for _ in 0..<5000 {
            var values = Array(0..<5)
            random.shuffle(&values)
            for (place, value) in values.enumerated() { places[value * 5 + place] += 1 }
        }
        expectUniform(places, expected: 1000)
    }

    /// Five and a half standard deviations of each count.
    private func expectUniform(
        _ bins: [Int], expected: Double, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let worst = bins.map { abs(Double($0) - expected) }.max() ?? 0
        #expect(worst < 5.5 * expected.squareRoot(), sourceLocation: sourceLocation)
    }
}

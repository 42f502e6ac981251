/// The cumulated counts at each distinct score, from the highest down.
struct ScoreSteps {
    private(set) var truePositives: [Int] = []
    private(set) var falsePositives: [Int] = []
    private(set) var scores: [Float] = []
    var positives: Int { truePositives.last ?? 0 }
    var negatives: Int { falsePositives.last ?? 0 }

    init(scores: [Float], isPositive: [Bool]) {
        // The order-preserving bits of the score above, the truth in the lowest bit: plain integers
        // sort several times faster than pairs. Order among equal scores has no effect.
        var keys = zip(scores, isPositive).map { score, positive in
            UInt64(orderedBits(score)) << 1 | (positive ? 1 : 0)
        }
        keys.sort(by: >)
        var hits = 0
        for (index, key) in keys.enumerated() {
            hits += Int(key & 1)
            if index + 1 < keys.count, keys[index + 1] >> 1 == key >> 1 { continue }
            truePositives.append(hits)
            falsePositives.append(index + 1 - hits)
            self.scores.append(Self.score(orderedBits: UInt32(key >> 1)))
        }
    }

    /// The first and last step and those where the direction changes.
    var corners: [Int] {
        guard scores.count > 2 else { return Array(scores.indices) }
        func bends(_ counts: [Int], _ index: Int) -> Bool {
            counts[index + 1] - counts[index] != counts[index] - counts[index - 1]
        }
        return scores.indices.filter { index in
            index == 0 || index == scores.count - 1
                || bends(truePositives, index) || bends(falsePositives, index)
        }
    }

    private static func score(orderedBits bits: UInt32) -> Float {
        Float(bitPattern: bits >> 31 == 1 ? bits & 0x7FFF_FFFF : ~bits)
    }
}

/// Bits of a finite score that are ordered as the scores are; 0 and -0 are equal.
func orderedBits(_ score: Float) -> UInt32 {
    let bits = (score == 0 ? 0 : score).bitPattern
    return bits >> 31 == 1 ? ~bits : bits | 0x8000_0000
}

/// What names one reproducible stream of random numbers.
///
/// Streams of different keys are independent. Because a key says *what* the numbers are for, and not
/// when or where they are drawn, the number of workers or threads never changes them.
public struct RandomKey: Sendable, Hashable {
    /// What the numbers decide. The raw values are part of the meaning of a seed: never renumber.
    public enum Purpose: UInt32, Sendable {
        /// First values of parameters; the index is the parameter's.
        case initialization = 1
        /// The order of samples in an epoch.
        case shuffle
        /// Augmentation; the index is the sample's.
        case augmentation
        /// Dropout masks; the epoch is the step, the index the layer.
        case dropout
        /// Splits of a data set.
        case split
        /// Procedural images; the index is the image's.
        case synthesis
        /// Inputs of benchmarks.
        case benchmark
        /// Resampling for intervals.
        case bootstrap
        /// Parts wiped out of normalised images; the index is the sample's.
        case erasing = 20
        /// Images mixed in pairs; the index is the batch's.
        case mixing
    }

    /// The run's seed.
    public var seed: UInt64
    /// What the numbers decide.
    public var purpose: Purpose
    /// The epoch or step, below 2³².
    public var epoch: Int
    /// The sample, layer or parameter, below 2³².
    public var index: Int

    /// Creates a key.
    public init(seed: UInt64, purpose: Purpose, epoch: Int = 0, index: Int = 0) {
        self.seed = seed
        self.purpose = purpose
        self.epoch = epoch
        self.index = index
    }

    /// The 128 random bits at position `block` of the stream.
    func bits(at block: UInt32) -> SIMD4<UInt32> {
        philox4x32(
            counter: [
                block, purpose.rawValue, UInt32(truncatingIfNeeded: epoch),
                UInt32(truncatingIfNeeded: index),
            ],
            key: [UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)])
    }
}

/// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
package func philox4x32(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var counter = counter
    var key = key
    for _ in 0..<10 {
        let a = counter[0].multipliedFullWidth(by: 0xD251_1F53)
        let b = counter[2].multipliedFullWidth(by: 0xCD9E_8D57)
        counter = [
            b.high ^ counter[1] ^ key[0], b.low, a.high ^ counter[3] ^ key[1], a.low,
        ]
        key = key &+ [0x9E37_79B9, 0xBB67_AE85]
    }
    return counter
}

/// A sequence of random numbers that follows from its key alone.
public struct RandomStream: Sendable {
    /// What the numbers decide.
    public typealias Purpose = RandomKey.Purpose

    private let key: RandomKey
    private var block: UInt32 = 0
    private var words = SIMD4<UInt32>()
    private var used = 4

    /// Starts the stream of `key`.
    public init(_ key: RandomKey) { self.key = key }

    /// Starts the stream of (`seed`, `purpose`, `epoch`, `index`).
    public init(seed: UInt64, purpose: Purpose, epoch: Int = 0, index: Int = 0) {
        self.init(RandomKey(seed: seed, purpose: purpose, epoch: epoch, index: index))
    }

    /// The next 32 bits.
    public mutating func next() -> UInt32 {
        if used == 4 {
            words = key.bits(at: block)
            block &+= 1
            used = 0
        }
        defer { used += 1 }
        return words[used]
    }

    /// A number from [0, 1) with 24 random bits.
    public mutating func uniform() -> Float { Float(next() >> 8) * 0x1p-24 }

    /// A number from `range`.
    public mutating func uniform(in range: ClosedRange<Float>) -> Float {
        range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    }

    /// An integer from 0..<`bound`, without bias (Lemire's rejection method).
    public mutating func integer(below bound: Int) -> Int {
        guard bound > 0, bound <= Int(UInt32.max) else {
            fatalError("RandomStream: bound \(bound) is not in 1...\(UInt32.max)")
        }
        let bound = UInt32(bound)
        let threshold = (0 &- bound) % bound
        while true {
            let product = next().multipliedFullWidth(by: bound)
            if product.low >= threshold { return Int(product.high) }
        }
    }

    /// A number from the standard normal distribution (Box–Muller, one of the pair).
    public mutating func normal() -> Float {
        let radius = (-2 * logarithm(1 - Double(uniform()))).squareRoot()
        return Float(radius * cosine(2 * Double.pi * Double(uniform())))
    }

    /// Puts `values` in random order (Fisher–Yates).
    public mutating func shuffle<Element>(_ values: inout [Element]) {
        for last in stride(from: values.count - 1, to: 0, by: -1) {
            values.swapAt(last, integer(below: last + 1))
        }
    }
}

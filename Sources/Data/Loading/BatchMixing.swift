import Glibc
import Tensor

/// Mixes each picture of a batch with the one before it, and their classes in the same proportion.
///
/// mixup (Zhang et al. 2017) blends whole pictures, `λ x + (1 − λ) x'`; CutMix (Yun et al. 2019) puts a
/// rectangle of the other picture into each. λ is from Beta(α, α), one a batch; with both, each batch
/// has one of them. Pairs and rectangles are those of torchvision's `v2.MixUp` and `v2.CutMix`.
public struct BatchMixing: Sendable, Equatable {
    /// α of mixup; `nil` is never.
    public var mixup: Double?
    /// α of CutMix; `nil` is never.
    public var cutmix: Double?
    /// The part of the batches that are mixed at all.
    public var probability: Double
    /// Where both are on, the part of the mixed batches that CutMix has.
    public var cutmixShare: Double

    /// Makes a rule; without `mixup` and `cutmix` nothing is mixed.
    public init(
        mixup: Double? = nil, cutmix: Double? = nil, probability: Double = 1,
        cutmixShare: Double = 0.5
    ) {
        self.mixup = mixup
        self.cutmix = cutmix
        self.probability = probability
        self.cutmixShare = cutmixShare
    }

    /// What happens to one batch.
    enum Choice: Equatable {
        case nothing
        case blend(own: Float)
        case paste(rows: Range<Int>, columns: Range<Int>)

        /// The share of a picture's own class in what it becomes.
        func ownShare(in size: Spatial) -> Float {
            switch self {
            case .nothing: 1
            case .blend(let own): own
            case .paste(let rows, let columns):
                Float(
                    1 - Double(rows.count * columns.count) / Double(size.height * size.width))
            }
        }
    }

    /// The choice for batch `number` of an epoch, of pictures of `size`.
    func draw(for size: Spatial, seed: UInt64, epoch: Int, number: Int) -> Choice {
        var random = RandomStream(seed: seed, purpose: .mixing, epoch: epoch, index: number)
        guard Double(random.uniform()) < probability else { return .nothing }
        let isCutmix: Bool
        switch (mixup, cutmix) {
        case (nil, nil): return .nothing
        case (_?, nil): isCutmix = false
        case (nil, _?): isCutmix = true
        case (_?, _?): isCutmix = Double(random.uniform()) < cutmixShare
        }
        let share = random.symmetricBeta((isCutmix ? cutmix : mixup)!)
        guard isCutmix else { return .blend(own: Float(share)) }
        let half = 0.5 * (1 - share).squareRoot()
        let column = random.integer(below: size.width)
        let row = random.integer(below: size.height)
        return .paste(
            rows: Self.range(about: row, half, of: size.height),
            columns: Self.range(about: column, half, of: size.width))
    }

    private static func range(about middle: Int, _ half: Double, of count: Int) -> Range<Int> {
        let reach = Int(half * Double(count))
        return max(middle - reach, 0)..<min(middle + reach, count)
    }

    /// Mixes the pictures of `batch`, and says in it with what share of their own classes.
    func apply(to batch: inout Batch, seed: UInt64, epoch: Int) {
        guard batch.count > 1 else { return }
        let size = Spatial(height: batch.shape[1], width: batch.shape[2])
        let choice = draw(for: size, seed: seed, epoch: epoch, number: batch.number)
        batch.ownShare = choice.ownShare(in: size)
        guard choice != .nothing else { return }
        let length = size.height * size.width * 3
        // From the end, so that each still finds the one before it as it was; the first one's partner
        // is the last.
        let last = Array(batch.images[((batch.count - 1) * length)...])
        batch.images.withUnsafeMutableBufferPointer { images in
            last.withUnsafeBufferPointer { last in
                for sample in (0..<batch.labels.count).reversed() {
                    let own = images.baseAddress! + sample * length
                    let other =
                        sample == 0 ? last.baseAddress! : UnsafePointer(own - length)
                    choice.mix(own, with: other, size)
                }
            }
        }
    }
}

extension BatchMixing.Choice {
    fileprivate func mix(
        _ own: UnsafeMutablePointer<Float>, with other: UnsafePointer<Float>, _ size: Spatial
    ) {
        switch self {
        case .nothing: break
        case .blend(let share):
            let rest = 1 - share
            for place in 0..<(size.height * size.width * 3) {
                own[place] = own[place] * share + other[place] * rest
            }
        case .paste(let rows, let columns):
            for row in rows {
                let start = (row * size.width + columns.lowerBound) * 3
                (own + start).update(from: other + start, count: columns.count * 3)
            }
        }
    }
}

extension RandomStream {
    /// A number from Beta(α, α): a/(a + b) with a, b from Gamma(α), by their logarithms, because for a
    /// small α both are often too small for a number.
    mutating func symmetricBeta(_ alpha: Double) -> Double {
        let (a, b) = (logGamma(alpha), logGamma(alpha))
        return 1 / (1 + exp(b - a))
    }

    /// The logarithm of a number from Gamma(α, 1): Marsaglia and Tsang 2000 for α + 1, then times
    /// u^(1/α).
    private mutating func logGamma(_ alpha: Double) -> Double {
        let d = alpha + 1 - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = Double(normal())
            let v = (1 + c * x) * (1 + c * x) * (1 + c * x)
            let u = 1 - Double(uniform())
            guard v > 0, log(u) < 0.5 * x * x + d - d * v + d * log(v) else { continue }
            return log(d * v) + log(1 - Double(uniform())) / alpha
        }
    }
}

/// For every pixel along one resized axis: which old pixels it is made of, and with what weights.
///
/// This is Pillow's arithmetic to the bit: double-precision filter weights, normalised, then rounded
/// to 22 fractional bits (8 bits of sample and 2 of headroom fill the rest of an Int32), so that
/// a model sees here the pixels it was trained on elsewhere.
struct ResampleTable {
    /// Fractional bits of a weight.
    static let precision: Int32 = 32 - 8 - 2

    /// The first old pixel of each new one.
    private(set) var starts: [Int]
    /// How many old pixels each new one takes.
    private(set) var counts: [Int]
    /// `stride` weights for each new pixel, of which `counts` are used.
    private(set) var weights: [Int32]
    /// The distance between the weights of two new pixels.
    let stride: Int

    /// The new pixels of `range` out of `newCount`.
    init(from oldCount: Int, to newCount: Int, range: Range<Int>, filter: ResampleFilter) {
        let scale = Double(oldCount) / Double(newCount)
        let filterScale = max(scale, 1)
        let support = filter.support * filterScale
        stride = Int(support.rounded(.up)) * 2 + 1
        starts = [Int](repeating: 0, count: range.count)
        counts = [Int](repeating: 0, count: range.count)
        weights = [Int32](repeating: 0, count: range.count * stride)
        var exact = [Double](repeating: 0, count: stride)
        for index in range.indices {
            let center = (Double(index) + 0.5) * scale
            let first = max(0, Int(center - support + 0.5))
            let end = min(oldCount, Int(center + support + 0.5))
            var sum = 0.0
            for offset in 0..<(end - first) {
                let distance = (Double(offset + first) - center + 0.5) * (1 / filterScale)
                exact[offset] = filter(distance)
                sum += exact[offset]
            }
            for offset in 0..<(end - first) {
                let weight = sum == 0 ? exact[offset] : exact[offset] / sum
                weights[(index - range.lowerBound) * stride + offset] = Self.rounded(weight)
            }
            starts[index - range.lowerBound] = first
            counts[index - range.lowerBound] = end - first
        }
    }

    /// The old pixels that are needed at all.
    var needed: Range<Int> {
        (starts.first ?? 0)..<((starts.last ?? 0) + (counts.last ?? 0))
    }

    private static func rounded(_ weight: Double) -> Int32 {
        let scaled = weight * Double(1 << precision)
        return Int32(weight < 0 ? scaled - 0.5 : scaled + 0.5)
    }
}

/// The kernels of the two smooth interpolations.
enum ResampleFilter {
    case triangle, cubic

    /// Half the kernel's width in pixels.
    var support: Double { self == .triangle ? 1 : 2 }

    /// The kernel's value at a signed distance.
    func callAsFunction(_ distance: Double) -> Double {
        let x = abs(distance)
        switch self {
        case .triangle:
            return x < 1 ? 1 - x : 0
        case .cubic:
            let a = -0.5
            if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
            if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
            return 0
        }
    }
}

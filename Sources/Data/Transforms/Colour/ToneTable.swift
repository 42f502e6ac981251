/// What each of the 256 levels of a channel becomes.
struct ToneTable {
    private(set) var levels: [UInt8]

    init(_ level: (UInt8) -> UInt8) { levels = (0...255).map { level(UInt8($0)) } }

    static func brightness(_ factor: Double) -> Self { Self { byte(Float($0) * Float(factor)) } }

    /// `factor · x + (1 − factor) · other`.
    static func blend(_ factor: Double, with other: Float) -> Self {
        let added = Double(other) * Double(complement(of: factor))
        return Self { byte(Float(Double(Float($0) * Float(factor)) + added)) }
    }

    static func posterize(bits: Int) -> Self {
        let mask = UInt8(truncatingIfNeeded: 0xFF00 >> min(max(bits, 0), 8))
        return Self { $0 & mask }
    }

    static func solarize(threshold: Float) -> Self { Self { Float($0) >= threshold ? ~$0 : $0 } }

    /// The darkest level becomes 0, the brightest 255; a channel of one level stays.
    static func autocontrast(_ histogram: [Int]) -> Self {
        guard let darkest = histogram.firstIndex(where: { $0 > 0 }),
            let brightest = histogram.lastIndex(where: { $0 > 0 }), darkest < brightest
        else { return Self { $0 } }
        let scale = Float(brightest - darkest) * Float(1.0 / 255)
        return Self { byte((Float($0) - Float(darkest)) / scale) }
    }

    /// Pillow's rule: a step is 1/255 of the pixels without those of the brightest level; a channel
    /// with too few pixels for a step stays.
    static func equalize(_ histogram: [Int]) -> Self {
        let brightest = histogram.lastIndex { $0 > 0 } ?? 0
        let step = histogram[..<brightest].reduce(0, +) / 255
        guard step > 0 else { return Self { $0 } }
        var table = Self { $0 }
        var below = 0
        for level in 0..<256 {
            table.levels[level] = level == 0 ? 0 : UInt8(min((below + step / 2) / step, 255))
            below += histogram[level]
        }
        return table
    }

    /// 1 − factor, as PyTorch rounds it.
    static func complement(of factor: Double) -> Float { Float(1 - factor) }
}

extension Image {
    /// The picture with all channels replaced through one table.
    func mapped(_ table: ToneTable) -> Image { mapped([table, table, table]) }

    /// The picture with each channel replaced through the table that its histogram leads to.
    func mappedByHistogram(_ table: (_ histogram: [Int]) -> ToneTable) -> Image {
        var counts = [[Int]](repeating: [Int](repeating: 0, count: 256), count: 3)
        for channel in 0..<3 {
            counts[channel].withUnsafeMutableBufferPointer { counts in
                pixels.withUnsafeBufferPointer { source in
                    for place in stride(from: channel, to: source.count, by: 3) {
                        counts[Int(source[place])] += 1
                    }
                }
            }
        }
        return mapped(counts.map(table))
    }

    private func mapped(_ tables: [ToneTable]) -> Image {
        let levels = tables.flatMap(\.levels)
        return Image(width: width, height: height) { target in
            pixels.withUnsafeBufferPointer { source in
                levels.withUnsafeBufferPointer { levels in
                    for place in stride(from: 0, to: source.count, by: 3) {
                        target[place] = levels[Int(source[place])]
                        target[place + 1] = levels[256 + Int(source[place + 1])]
                        target[place + 2] = levels[512 + Int(source[place + 2])]
                    }
                }
            }
        }
    }
}

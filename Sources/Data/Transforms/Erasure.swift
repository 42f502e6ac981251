import Glibc
import Tensor

/// Wipes out a part of a normalised picture, so that no single part of it decides.
public enum Erasure: Sendable, Equatable {
    /// A rectangle of random place, area and proportions, with the given probability (Zhong et al.
    /// 2017, "Random Erasing"; torchvision's `RandomErasing`): area from `scale` of the whole, height
    /// over width log-uniform from `ratio`; nothing after ten tries that did not fit.
    case rectangle(
        probability: Float = 0.5, scale: ClosedRange<Float> = 0.02...0.33,
        ratio: ClosedRange<Float> = 0.3...3.3, fill: Fill = .mean)
    /// A square of `size` pixels (DeVries and Taylor 2017, "Cutout"). It lies inside of the picture,
    /// as in airbench; or, where it `overhangs`, its centre does, and the edges cut it off, as in the
    /// paper.
    case cutout(size: Int, overhangs: Bool = false, fill: Fill = .mean)

    /// What is there instead.
    public enum Fill: String, Sendable, CaseIterable {
        /// The mean colour of the data: 0 in normalised numbers.
        case mean
        /// Black.
        case black
        /// A number of the standard normal distribution for each sample of each pixel.
        case random
    }

    /// What makes no sense in the numbers, in words; `nil` if nothing.
    var problem: String? {
        switch self {
        case .rectangle(let probability, let scale, let ratio, _):
            if !(0...1).contains(probability) {
                return "a probability of \(probability) is not within 0...1"
            }
            if !(scale.lowerBound > 0 && scale.upperBound <= 1) {
                return "a scale of \(scale) is not within 0...1, 0 excluded"
            }
            return ratio.lowerBound > 0 && ratio.upperBound.isFinite
                ? nil : "an aspect ratio of \(ratio) is not positive"
        case .cutout(let size, _, _):
            return size < 1 ? "a cutout of \(size) pixels is none" : nil
        }
    }

    var fill: Fill {
        switch self {
        case .rectangle(_, _, _, let fill), .cutout(_, _, let fill): fill
        }
    }

    /// The rows and columns that are wiped out of a picture of `size`; `nil` for none.
    func box(
        in size: Spatial, _ random: inout RandomStream
    ) -> (rows: Range<Int>, columns: Range<Int>)? {
        switch self {
        case .rectangle(let probability, let scale, let ratio, _):
            guard random.uniform() < probability else { return nil }
            return Self.rectangle(in: size, scale: scale, ratio: ratio, &random)
        case .cutout(let side, let overhangs, _):
            func range(_ count: Int) -> Range<Int> {
                guard overhangs else {
                    let side = min(side, count)
                    let start = random.integer(below: count - side + 1)
                    return start..<(start + side)
                }
                let start = random.integer(below: count) - side / 2
                return max(start, 0)..<min(start + side, count)
            }
            let rows = range(size.height)
            return (rows, range(size.width))
        }
    }

    private static func rectangle(
        in size: Spatial, scale: ClosedRange<Float>, ratio: ClosedRange<Float>,
        _ random: inout RandomStream
    ) -> (rows: Range<Int>, columns: Range<Int>)? {
        let area = Double(size.height * size.width)
        let (lowest, highest) = (log(Double(ratio.lowerBound)), log(Double(ratio.upperBound)))
        for _ in 0..<10 {
            let target = area * Double(random.uniform(in: scale))
            let aspect = exp(lowest + (highest - lowest) * Double(random.uniform()))
            let height = Int((target * aspect).squareRoot().rounded(.toNearestOrEven))
            let width = Int((target / aspect).squareRoot().rounded(.toNearestOrEven))
            guard height < size.height, width < size.width else { continue }
            let top = random.integer(below: size.height - height + 1)
            let left = random.integer(below: size.width - width + 1)
            return (top..<(top + height), left..<(left + width))
        }
        return nil
    }
}

extension Augmentation {
    /// Wipes parts out of one normalised picture, `[height, width, 3]`.
    package func erase(
        _ pixels: UnsafeMutableBufferPointer<Float>, size: Spatial, _ normalization: Normalization,
        seed: UInt64, epoch: Int, index: Int
    ) {
        guard !erasures.isEmpty else { return }
        var random = RandomStream(seed: seed, purpose: .erasing, epoch: epoch, index: index)
        for erasure in erasures {
            guard let box = erasure.box(in: size, &random) else { continue }
            for row in box.rows {
                for column in box.columns {
                    let place = (row * size.width + column) * 3
                    for channel in 0..<3 {
                        pixels[place + channel] =
                            switch erasure.fill {
                            case .mean: 0
                            case .black: normalization.table[channel * 256]
                            case .random: random.normal()
                            }
                    }
                }
            }
        }
    }
}

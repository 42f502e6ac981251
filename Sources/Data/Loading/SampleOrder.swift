import Tensor

/// Which samples an epoch consists of. Every rule gives as many as the data set has.
public enum Sampling: Sendable, Equatable {
    /// The data set's own order.
    case sequential
    /// Each sample once, in random order.
    case shuffled
    /// With replacement: each class equally often on average, whatever its size, and each sample of a
    /// class equally often. This is drawing by the inverse frequency of the class.
    case balanced
    /// The first part of a random order, each sample this many times in a row (Hoffer et al. 2019,
    /// "Augment your batch"): a batch has several versions of a picture.
    case repeated(Int)
}

/// The draws of one epoch.
///
/// A sample that is drawn again in the same epoch is another version of its picture. The `k`-th draw of
/// sample `i` of `n` is the number `i + k n`, which takes the sample's place in the key of the random
/// numbers.
struct SampleOrder: Sendable {
    let draws: [Int]
    private let sampleCount: Int

    init(_ sampling: Sampling, dataset: any Dataset, seed: UInt64, epoch: Int) {
        sampleCount = dataset.count
        var random = RandomStream(seed: seed, purpose: .shuffle, epoch: epoch)
        var indices = Array(0..<dataset.count)
        switch sampling {
        case .sequential:
            break
        case .shuffled:
            random.shuffle(&indices)
        case .balanced:
            indices = Self.numbered(Self.balanced(dataset, &random), of: dataset.count)
        case .repeated(let count):
            random.shuffle(&indices)
            indices = indices.indices.map { place in
                indices[place / count] + (place % count) * dataset.count
            }
        }
        draws = indices
    }

    /// The sample that a draw is of.
    func sample(_ draw: Int) -> Int { draw % max(sampleCount, 1) }

    private static func balanced(
        _ dataset: any Dataset, _ random: inout RandomStream
    ) -> [Int] {
        var members = [[Int]](repeating: [], count: dataset.classNames.count)
        for index in 0..<dataset.count { members[Int(dataset.label(at: index))].append(index) }
        members.removeAll(where: \.isEmpty)
        return (0..<dataset.count).map { _ in
            let group = members[random.integer(below: members.count)]
            return group[random.integer(below: group.count)]
        }
    }

    /// Tells the draws of one sample apart.
    private static func numbered(_ samples: [Int], of count: Int) -> [Int] {
        var seen = [Int](repeating: 0, count: count)
        return samples.map { sample in
            defer { seen[sample] += 1 }
            return sample + seen[sample] * count
        }
    }
}

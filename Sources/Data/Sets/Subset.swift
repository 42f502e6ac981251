import Tensor

/// Some samples of another data set, in a given order.
public struct Subset: Dataset {
    /// The whole set.
    public let base: any Dataset
    /// The places in `base` of this set's samples.
    public let indices: [Int]

    /// Chooses samples of `base`.
    public init(_ base: any Dataset, indices: [Int]) {
        if let index = indices.first(where: { $0 < 0 || $0 >= base.count }) {
            fatalError("Subset: index \(index) is not in 0..<\(base.count)")
        }
        self.base = base
        self.indices = indices
    }

    /// The number of chosen samples.
    public var count: Int { indices.count }
    /// All classes of the whole set.
    public var classNames: [String] { base.classNames }
    /// The class of the chosen sample `index`.
    public func label(at index: Int) -> Int32 { base.label(at: indices[index]) }
    /// The picture of the chosen sample `index`.
    public func image(at index: Int) throws(ImageError) -> Image {
        try base.image(at: indices[index])
    }
    /// The whole set's.
    public var targets: [Target] { base.targets }
    /// The further classes of the chosen sample `index`.
    public func furtherLabels(at index: Int) -> [Int32] {
        base.furtherLabels(at: indices[index])
    }
    /// The mask of the chosen sample `index`.
    public func mask(at index: Int) throws(ImageError) -> Mask? {
        try base.mask(at: indices[index])
    }
    /// The group of the chosen sample `index`.
    public func stratum(at index: Int) -> Int { base.stratum(at: indices[index]) }
    /// What the whole set calls it.
    public func name(at index: Int) -> String { base.name(at: indices[index]) }
    /// The stored bytes of the chosen sample `index`.
    public func fileBytes(at index: Int) throws(ImageError) -> [UInt8]? {
        try base.fileBytes(at: indices[index])
    }
    /// SHA-256 of the whole set's fingerprint and the places chosen.
    public var fingerprint: String {
        var hash = ContentHash()
        hash.add(base.fingerprint)
        for index in indices { hash.add(index) }
        return hash.finish()
    }
}

/// How much of the training part becomes the validation part.
public enum ValidationPart: Sendable, Equatable {
    /// A share, over 0 and below 1.
    case fraction(Double)
    /// A number of samples.
    case count(Int)
}

extension Dataset {
    /// Splits off a random validation part in which every class (or finer `stratum`) keeps its
    /// share.
    ///
    /// The classes' exact shares are rounded so that the total is exact (largest remainders first,
    /// then the lower class). Which samples go follows from the seed and the class alone. Both
    /// parts keep the set's order.
    ///
    /// - Throws: `DatasetError` when either part would be empty.
    public func stratifiedSplit(
        _ part: ValidationPart, seed: UInt64
    ) throws(DatasetError) -> (train: Subset, validation: Subset) {
        let total: Int
        switch part {
        case .fraction(let fraction):
            total = fraction.isFinite ? Int((fraction * Double(count)).rounded()) : -1
        case .count(let number):
            total = number
        }
        guard total > 0, total < count else {
            throw DatasetError(
                path: "",
                message: "a validation part of \(total) samples cannot be taken from \(count); "
                    + "both parts need at least one")
        }
        let strata = (0..<count).map(stratum(at:))
        var members = [[Int]](repeating: [], count: (strata.max() ?? 0) + 1)
        for (index, stratum) in strata.enumerated() { members[stratum].append(index) }
        let shares = Self.apportion(total, to: members.map(\.count))
        var isValidation = [Bool](repeating: false, count: count)
        for (label, share) in shares.enumerated() {
            var random = RandomStream(seed: seed, purpose: .split, index: label)
            random.shuffle(&members[label])
            for index in members[label].prefix(share) { isValidation[index] = true }
        }
        let indices = 0..<count
        return (
            Subset(self, indices: indices.filter { !isValidation[$0] }),
            Subset(self, indices: indices.filter { isValidation[$0] })
        )
    }

    private static func apportion(_ total: Int, to counts: [Int]) -> [Int] {
        let sum = counts.reduce(0, +)
        var shares = counts.map { $0 * total / sum }
        let remainders = counts.map { $0 * total % sum }
        let order = counts.indices.sorted { (-remainders[$0], $0) < (-remainders[$1], $1) }
        for index in order.prefix(total - shares.reduce(0, +)) { shares[index] += 1 }
        return shares
    }
}

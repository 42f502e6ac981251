/// What a thorough look at every file of a data set found.
public struct DatasetCheck: Sendable, Equatable {
    /// One part of the set.
    public struct Part: Sendable, Equatable {
        /// The part.
        public let split: Split
        /// The number of pictures.
        public let count: Int
        /// The pictures that cannot be read.
        public fileprivate(set) var unreadable = 0
        /// The number of pictures of each class.
        public let classes: [(name: String, count: Int)]
        /// The number of pixels of each class in all masks that can be read; empty for data without
        /// masks.
        public fileprivate(set) var maskClasses: [(name: String, pixels: Int)]

        /// Equal in all counts.
        public static func == (a: Part, b: Part) -> Bool {
            (a.split, a.count, a.unreadable) == (b.split, b.count, b.unreadable)
                && a.classes.elementsEqual(b.classes, by: ==)
                && a.maskClasses.elementsEqual(b.maskClasses, by: ==)
        }
    }

    /// The parts.
    public let parts: [Part]
    /// Everything found, in the order of the parts and of their pictures; nearly equal pictures last.
    public let problems: [DatasetProblem]
    /// The number of pictures looked at.
    public var count: Int { parts.reduce(0) { $0 + $1.count } }
    /// Whether nothing was found but, perhaps, pictures that only look alike.
    public var isClean: Bool { problems.allSatisfy(\.isSuspicion) }
}

/// Decodes every picture and mask of the given parts of one data set and compares their contents.
///
/// - Parameters:
///   - parts: the splits, in the order in which a duplicate is looked for.
///   - limits: the largest pictures to decode.
///   - progress: is told, now and then, how many pictures have been looked at.
public func checkDataset(
    _ parts: [(split: Split, dataset: any Dataset)], limits: DecodeLimits = .standard,
    progress: ((Int) -> Void)? = nil
) -> DatasetCheck {
    var checker = DatasetChecker(limits: limits)
    for part in parts {
        checker.begin(part.split, part.dataset)
        for index in 0..<part.dataset.count {
            checker.look(at: index, of: part.dataset, split: part.split)
            if checker.count % 256 == 0 { progress?(checker.count) }
        }
    }
    return checker.finish()
}

private struct DatasetChecker {
    let limits: DecodeLimits
    private(set) var count = 0
    private var parts: [DatasetCheck.Part] = []
    private var problems: [DatasetProblem] = []
    private var firstWithContent: [String: (split: Split, name: String, label: Int32)] = [:]
    private var likenesses: [Likeness] = []

    init(limits: DecodeLimits) { self.limits = limits }

    mutating func begin(_ split: Split, _ dataset: any Dataset) {
        parts.append(
            DatasetCheck.Part(
                split: split, count: dataset.count,
                classes: zip(dataset.classNames, dataset.countsPerClass).map { ($0, $1) },
                maskClasses: dataset.maskClassNames.map { ($0, 0) }))
    }

    mutating func look(at index: Int, of dataset: any Dataset, split: Split) {
        count += 1
        let name = dataset.name(at: index)
        var found: [DatasetProblem.Kind] = []
        defer { problems += found.map { DatasetProblem(split: split, name: name, kind: $0) } }
        let image: Image
        var hash = ContentHash()
        do throws(ImageError) {
            if let bytes = try dataset.fileBytes(at: index) {
                let result = try decodeImageWithWarnings(bytes, limits: limits, name: name)
                if let warning = result.warning { found.append(.warning(warning)) }
                if let actual = Self.mistyped(name, bytes) {
                    found.append(.mistypedExtension(actual: actual))
                }
                image = result.image
                hash.add(bytes)
            } else {
                image = try dataset.image(at: index)
                hash.add(image.width)
                hash.add(image.pixels)
            }
        } catch {
            parts[parts.count - 1].unreadable += 1
            return found.append(.unreadable(error))
        }
        if let problem = lookAtMask(index, of: dataset, image) { found.append(problem) }
        let content = hash.finish()
        let label = dataset.label(at: index)
        if let first = firstWithContent[content] {
            found.append(
                first.label == label
                    ? .duplicate(of: first.name, inSplit: first.split)
                    : .contradictoryDuplicate(of: first.name, inSplit: first.split))
            return
        }
        firstWithContent[content] = (split, name, label)
        if let likeness = Likeness(of: image, split: split, name: name) {
            likenesses.append(likeness)
        }
    }

    /// Counts the mask's classes; returns what is wrong with it.
    private mutating func lookAtMask(
        _ index: Int, of dataset: any Dataset, _ image: Image
    ) -> DatasetProblem.Kind? {
        do throws(ImageError) {
            guard let mask = try dataset.mask(at: index) else { return nil }
            let last = parts.count - 1
            let counts = mask.counts(classCount: dataset.maskClassNames.count)
            for (place, count) in counts.enumerated() {
                parts[last].maskClasses[place].pixels += count
            }
            return mask.misfit(image).map { .misfittingMask($0) }
        } catch {
            return .badMask(error)
        }
    }

    /// The problems in order, then the pictures that look alike across parts.
    consuming func finish() -> DatasetCheck {
        let alike = Likeness.pairsAcrossSplits(likenesses).map { pair in
            DatasetProblem(
                split: pair.later.split, name: pair.later.name,
                kind: .nearDuplicate(of: pair.earlier.name, inSplit: pair.earlier.split))
        }
        return DatasetCheck(parts: parts, problems: problems + alike)
    }

    /// The true format, if the name's extension belongs to another.
    private static func mistyped(_ name: String, _ bytes: [UInt8]) -> ImageFormat? {
        guard let actual = ImageFormat(magicBytesOf: bytes),
            let dot = name.lastIndex(of: "."),
            case let suffix = name[name.index(after: dot)...].lowercased(),
            !suffix.contains("/")
        else { return nil }
        return actual.fileExtensions.contains(suffix) ? nil : actual
    }
}

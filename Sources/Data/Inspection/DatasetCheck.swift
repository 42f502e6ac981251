/// What a thorough look at every file of a data set found.
public struct DatasetCheck: Sendable, Equatable {
    /// One thing that is wrong with one picture.
    public struct Problem: Sendable, Equatable {
        /// The kinds of problem.
        public enum Kind: Sendable, Equatable {
            /// The picture cannot be decoded; training would stop or leave it out.
            case unreadable(ImageError)
            /// It can be decoded, but the decoder complained.
            case warning(String)
            /// The extension says one format, the content is the other.
            case mistypedExtension(actual: ImageFormat)
            /// It has exactly the bytes (or, without files, the pixels) of an earlier picture.
            case duplicate(of: String, inSplit: Split)
            /// As `duplicate`, but the earlier picture has another label.
            case contradictoryDuplicate(of: String, inSplit: Split)
        }

        /// The part of the set.
        public let split: Split
        /// The picture.
        public let name: String
        /// What is wrong.
        public let kind: Kind

        /// One line for people.
        public var description: String {
            switch kind {
            case .unreadable(let error): error.description
            case .warning(let text): "\(name): can be read, but is not sound: \(text)"
            case .mistypedExtension(let actual):
                "\(name): is a \(actual.rawValue) by its content; its extension says otherwise"
            case .duplicate(let other, let inSplit):
                inSplit == split
                    ? "\(name): is the same picture as \(other)"
                    : "\(name): in \(split.rawValue) is the same picture as \(other) in "
                        + "\(inSplit.rawValue)"
            case .contradictoryDuplicate(let other, let inSplit):
                "\(name): in \(split.rawValue) is the same picture as \(other) in "
                    + "\(inSplit.rawValue), with another label"
            }
        }

        /// Whether the picture is also in another part, which spoils what is measured there.
        public var leaksAcrossSplits: Bool {
            switch kind {
            case .duplicate(_, let other), .contradictoryDuplicate(_, let other): other != split
            default: false
            }
        }
    }

    /// The number of pictures looked at.
    public let count: Int
    /// Everything found, in the order of the parts and of their pictures.
    public let problems: [Problem]
    /// Whether nothing was found.
    public var isClean: Bool { problems.isEmpty }
}

/// Decodes every picture of the given parts of one data set and compares their contents.
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
        for index in 0..<part.dataset.count {
            checker.look(at: index, of: part.dataset, split: part.split)
            if checker.count % 256 == 0 { progress?(checker.count) }
        }
    }
    return DatasetCheck(count: checker.count, problems: checker.problems)
}

private struct DatasetChecker {
    let limits: DecodeLimits
    private(set) var count = 0
    private(set) var problems: [DatasetCheck.Problem] = []
    private var firstWithContent: [String: (split: Split, name: String, label: Int32)] = [:]

    init(limits: DecodeLimits) { self.limits = limits }

    mutating func look(at index: Int, of dataset: any Dataset, split: Split) {
        count += 1
        let name = dataset.name(at: index)
        func report(_ kind: DatasetCheck.Problem.Kind) {
            problems.append(DatasetCheck.Problem(split: split, name: name, kind: kind))
        }
        var hash = ContentHash()
        do throws(ImageError) {
            if let bytes = try dataset.fileBytes(at: index) {
                let result = try decodeImageWithWarnings(bytes, limits: limits, name: name)
                if let warning = result.warning { report(.warning(warning)) }
                if let actual = Self.mistyped(name, bytes) {
                    report(.mistypedExtension(actual: actual))
                }
                hash.add(bytes)
            } else {
                let image = try dataset.image(at: index)
                hash.add(image.width)
                hash.add(image.pixels)
            }
        } catch {
            return report(.unreadable(error))
        }
        let label = dataset.label(at: index)
        let content = hash.finish()
        if let first = firstWithContent[content] {
            report(
                first.label == label
                    ? .duplicate(of: first.name, inSplit: first.split)
                    : .contradictoryDuplicate(of: first.name, inSplit: first.split))
        } else {
            firstWithContent[content] = (split, name, label)
        }
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

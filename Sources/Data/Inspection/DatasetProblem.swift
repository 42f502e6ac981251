/// One thing that is wrong with one picture of a data set.
public struct DatasetProblem: Sendable, Equatable {
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
        /// It looks like a picture of another part: perhaps the same photograph saved again.
        case nearDuplicate(of: String, inSplit: Split)
        /// Its mask cannot be decoded or has values that mean nothing.
        case badMask(ImageError)
        /// Its mask has another size.
        case misfittingMask(String)
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
        case .nearDuplicate(let other, let inSplit):
            "\(name): in \(split.rawValue) looks like \(other) in \(inSplit.rawValue)"
        case .badMask(let error): error.description
        case .misfittingMask(let text): "\(name): \(text)"
        }
    }

    /// The kind in a word, for programs.
    public var code: String {
        switch kind {
        case .unreadable: "unreadable"
        case .warning: "unsound"
        case .mistypedExtension: "mistyped_extension"
        case .duplicate: "duplicate"
        case .contradictoryDuplicate: "contradictory_duplicate"
        case .nearDuplicate: "near_duplicate"
        case .badMask: "bad_mask"
        case .misfittingMask: "misfitting_mask"
        }
    }

    /// The other picture, where the problem is about two.
    public var other: (name: String, split: Split)? {
        switch kind {
        case .duplicate(let name, let split), .contradictoryDuplicate(let name, let split),
            .nearDuplicate(let name, let split):
            (name, split)
        default: nil
        }
    }

    /// Whether the same bytes are also in another part, which spoils what is measured there.
    public var leaksAcrossSplits: Bool {
        !isSuspicion && other.map { $0.split != split } ?? false
    }

    /// Whether a person must look before it is a problem at all.
    public var isSuspicion: Bool {
        if case .nearDuplicate = kind { true } else { false }
    }
}

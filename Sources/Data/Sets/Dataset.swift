/// Labelled pictures that can be read in any order from any thread.
public protocol Dataset: Sendable {
    /// The number of samples.
    var count: Int { get }
    /// The names of the classes; a label is a place in this list.
    var classNames: [String] { get }
    /// The class of sample `index`, from `0..<count`.
    func label(at index: Int) -> Int32
    /// The picture of sample `index`, decoded and upright.
    func image(at index: Int) throws(ImageError) -> Image
    /// What can be learned about the pictures.
    var targets: [Target] { get }
    /// The classes of sample `index` by the targets of whole pictures after the first.
    func furtherLabels(at index: Int) -> [Int32]
    /// The mask of sample `index`, of its picture's size; nil for data without masks.
    func mask(at index: Int) throws(ImageError) -> Mask?
    /// The group of sample `index` that keeps its share when a part is split off, from 0: its class,
    /// or something finer.
    func stratum(at index: Int) -> Int
    /// What to call sample `index` in messages: a path below the set's root, or a file and a place.
    func name(at index: Int) -> String
    /// SHA-256, in hexadecimal, of what makes the set what it is: all bytes, or the names and sizes
    /// of all files. Equal sets have equal fingerprints wherever they lie.
    var fingerprint: String { get }
    /// The bytes of sample `index` as they are stored, for checks; `nil` where there is no file.
    func fileBytes(at index: Int) throws(ImageError) -> [UInt8]?
}

extension Dataset {
    /// The class of each picture.
    public var targets: [Target] { [Target(name: "class", classNames: classNames)] }
    /// None.
    public func furtherLabels(at index: Int) -> [Int32] { [] }
    /// The names of the classes that the pixels of masks have; empty for data without masks.
    public var maskClassNames: [String] {
        targets.first { $0.unit == .pixel }?.classNames ?? []
    }
    /// No mask.
    public func mask(at index: Int) throws(ImageError) -> Mask? { nil }
    /// The class.
    public func stratum(at index: Int) -> Int { Int(label(at: index)) }

    /// No file.
    public func fileBytes(at index: Int) throws(ImageError) -> [UInt8]? { nil }

    /// The number of samples of each class.
    public var countsPerClass: [Int] {
        var counts = [Int](repeating: 0, count: classNames.count)
        for index in 0..<count { counts[Int(label(at: index))] += 1 }
        return counts
    }
}

/// Something that can be learned about the pictures of a data set: into which classes they fall.
public struct Target: Sendable, Equatable {
    /// What falls into classes.
    public enum Unit: Sendable {
        /// Each picture, by its label.
        case picture
        /// Each pixel, by the picture's mask.
        case pixel
    }

    /// Its name, such as `breed`.
    public var name: String
    /// The names of the classes; a label, or a value of a mask, is a place in this list.
    public var classNames: [String]
    /// What falls into them.
    public var unit: Unit
    /// The class of a mask's pixels that some measures leave out, such as the border of a trimap.
    public var borderClass: Int?

    /// Describes a target.
    public init(
        name: String, classNames: [String], unit: Unit = .picture, borderClass: Int? = nil
    ) {
        self.name = name
        self.classNames = classNames
        self.unit = unit
        self.borderClass = borderClass
    }
}

extension [Target] {
    /// The place of the target at `place` among those of whole pictures, by which a picture's labels are
    /// told apart.
    public func labelPosition(of place: Int) -> Int {
        self[..<place].count { $0.unit == .picture }
    }
}

/// The parts a data set comes in.
public enum Split: String, Sendable, Codable, CaseIterable {
    /// What the model learns from.
    case train
    /// What choices (learning rate, best epoch) are made by.
    case validation
    /// What the published number is measured on.
    case test
}

/// What is wrong with a data set as a whole, in words that say what to do.
public struct DatasetError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file or folder; empty where the error is about no particular one.
    public let path: String
    /// What was expected, what was found, what to do.
    public let message: String

    /// Makes an error about `path`.
    public init(path: String, message: String) {
        self.path = path
        self.message = message
    }

    /// An error about one picture, as an error of the set it belongs to.
    public init(_ error: ImageError) {
        path = error.name
        message = String(error.description.dropFirst(error.name.count + 2))
    }

    /// Path and message.
    public var description: String { path.isEmpty ? message : "\(path): \(message)" }
}

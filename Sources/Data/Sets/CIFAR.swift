import Support

/// CIFAR-10 or CIFAR-100 (Krizhevsky 2009) from the official *binary* archives, held in memory.
///
/// A record is one label byte (CIFAR-100: a coarse and a fine one) and 3,072 bytes of 32×32 red,
/// green and blue planes.
public struct CIFAR: Dataset {
    /// Which of the two sets, and which of its labels.
    public enum Variant: Sendable, Equatable {
        /// Ten classes; `cifar-10-batches-bin`.
        case cifar10
        /// A hundred classes; `cifar-100-binary`.
        case cifar100
        /// The twenty superclasses of CIFAR-100.
        case cifar100Coarse

        /// The folder that the official archive unpacks to.
        public var folder: String { self == .cifar10 ? "cifar-10-batches-bin" : "cifar-100-binary" }

        /// The official archive to unpack.
        package var archive: String {
            self == .cifar10 ? "cifar-10-binary.tar.gz" : "cifar-100-binary.tar.gz"
        }

        var classCount: Int {
            switch self {
            case .cifar10: 10
            case .cifar100: 100
            case .cifar100Coarse: 20
            }
        }

        var namesFile: String {
            switch self {
            case .cifar10: "batches.meta.txt"
            case .cifar100: "fine_label_names.txt"
            case .cifar100Coarse: "coarse_label_names.txt"
            }
        }

        var labelBytes: Int { self == .cifar10 ? 1 : 2 }
        var labelOffset: Int { self == .cifar100 ? 1 : 0 }

        func files(of split: Split) -> [String] {
            if self != .cifar10 { return [split == .test ? "test.bin" : "train.bin"] }
            return split == .test
                ? ["test_batch.bin"] : (1...5).map { "data_batch_\($0).bin" }
        }
    }

    /// The names of the classes, in the order of the labels.
    public let classNames: [String]
    private let store: PixelStore
    private let origins: [Origin]

    private struct Origin {
        let file: String
        let first: Int
    }

    private static let side = 32
    private static let pixelBytes = side * side * 3

    /// Reads one official part from `folder`, the folder that holds the `.bin` files.
    ///
    /// The training part is read for `.train` and `.validation`: the archives have no validation
    /// part; `stratifiedSplit` makes one.
    ///
    /// - Throws: `DatasetError` for a missing file, a size that is no whole number of records, or
    ///   a label outside the classes.
    public init(_ variant: Variant, split: Split, folder: String) throws(DatasetError) {
        classNames = try Self.readNames(variant, folder: folder)
        var pixels: [UInt8] = []
        var labels: [Int32] = []
        var origins: [Origin] = []
        let files = variant.files(of: split)
        for file in files {
            let path = "\(folder)/\(file)"
            let bytes: [UInt8]
            do { bytes = try Files.read(path) } catch {
                throw DatasetError(
                    path: path,
                    message: "\(error.message); unpack \(variant.archive) (the binary version) "
                        + "into the data folder")
            }
            pixels.reserveCapacity(files.count * bytes.count)
            origins.append(Origin(file: file, first: labels.count))
            try Self.append(bytes, of: variant, path: path, &pixels, &labels)
        }
        store = PixelStore(width: Self.side, height: Self.side, pixels: pixels, labels: labels)
        self.origins = origins
    }

    private static func readNames(
        _ variant: Variant, folder: String
    ) throws(DatasetError) -> [String] {
        let path = "\(folder)/\(variant.namesFile)"
        let bytes: [UInt8]
        do { bytes = try Files.read(path) } catch {
            throw DatasetError(
                path: path,
                message: "\(error.message); it should name the \(variant.classCount) classes, one "
                    + "a line")
        }
        let names = String(decoding: bytes, as: UTF8.self)
            .split(whereSeparator: \.isNewline)
            .map { String($0.drop(while: \.isWhitespace)) }
            .filter { !$0.isEmpty }
        guard names.count == variant.classCount else {
            throw DatasetError(
                path: path,
                message: "names \(names.count) classes; expected \(variant.classCount), one a line")
        }
        return names
    }

    private static func append(
        _ bytes: [UInt8], of variant: Variant, path: String,
        _ pixels: inout [UInt8], _ labels: inout [Int32]
    ) throws(DatasetError) {
        let record = variant.labelBytes + pixelBytes
        guard !bytes.isEmpty, bytes.count % record == 0 else {
            throw DatasetError(
                path: path,
                message: "has \(bytes.count) bytes, which is no whole number of \(record)-byte "
                    + "records; the file is cut off or not of the binary version")
        }
        let count = bytes.count / record
        for index in 0..<count {
            let label = Int(bytes[index * record + variant.labelOffset])
            guard label < variant.classCount else {
                throw DatasetError(
                    path: path,
                    message: "record \(index) has label \(label); labels go from 0 to "
                        + "\(variant.classCount - 1)")
            }
            labels.append(Int32(label))
        }
        pixels.append(
            contentsOf: interleaved(bytes, count: count, record: record, skip: variant.labelBytes))
    }

    /// From planes to interleaved pixels.
    private static func interleaved(
        _ bytes: [UInt8], count: Int, record: Int, skip: Int
    ) -> [UInt8] {
        let plane = side * side
        return [UInt8](unsafeUninitializedCapacity: count * pixelBytes) { target, initialized in
            bytes.withUnsafeBufferPointer { source in
                var output = target.baseAddress!
                for index in 0..<count {
                    let red = source.baseAddress! + index * record + skip
                    for place in 0..<plane {
                        output[0] = red[place]
                        output[1] = red[place + plane]
                        output[2] = red[place + 2 * plane]
                        output += 3
                    }
                }
            }
            initialized = count * pixelBytes
        }
    }

    /// The number of samples.
    public var count: Int { store.labels.count }
    /// The class of sample `index`.
    public func label(at index: Int) -> Int32 { store.labels[index] }
    /// The picture of sample `index`.
    public func image(at index: Int) throws(ImageError) -> Image { store.image(at: index) }
    /// For example `data_batch_2.bin[17]`.
    public func name(at index: Int) -> String {
        let origin = origins.last { $0.first <= index }!
        return "\(origin.file)[\(index - origin.first)]"
    }
    /// SHA-256 of class names, labels and pixels.
    public var fingerprint: String { store.fingerprint(classNames: classNames) }
}

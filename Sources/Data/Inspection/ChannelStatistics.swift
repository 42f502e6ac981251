import Support

/// Mean and standard deviation of `pixel / 255` over all pixels of a data set, for each channel.
///
/// Sums are whole numbers, so the result does not depend on the order of the pictures. The
/// deviation is that of the whole population (divided by n).
public struct ChannelStatistics: Sendable, Equatable {
    /// Red, green, blue.
    public let mean: [Double]
    /// Red, green, blue.
    public let standardDeviation: [Double]
    /// The number of pixels.
    public let pixelCount: Int

    /// Reads every picture of `dataset`.
    ///
    /// - Throws: `DatasetError` for the first picture that cannot be read, or for a set without
    ///   pictures.
    public init(of dataset: some Dataset) throws(DatasetError) {
        var sums = ChannelSums()
        for index in 0..<dataset.count {
            do { sums.add(try dataset.image(at: index)) } catch { throw DatasetError(error) }
        }
        guard sums.pixelCount > 0 else {
            throw DatasetError(path: "", message: "the data set has no pictures to average")
        }
        self = sums.statistics
    }

    init(mean: [Double], standardDeviation: [Double], pixelCount: Int) {
        self.mean = mean
        self.standardDeviation = standardDeviation
        self.pixelCount = pixelCount
    }

    /// As `init(of:)`, but looked up in `cacheFolder` by the set's fingerprint first, and kept there.
    ///
    /// A cache file that is damaged or cannot be written costs time, never the result.
    public static func cached(
        of dataset: some Dataset, cacheFolder: String
    ) throws(DatasetError) -> ChannelStatistics {
        let path = "\(cacheFolder)/statistics-\(dataset.fingerprint).json"
        if let bytes = try? Files.read(path),
            let json = try? JSONValue.parse(String(decoding: bytes, as: UTF8.self)),
            let statistics = ChannelStatistics(json: json)
        {
            return statistics
        }
        let statistics = try ChannelStatistics(of: dataset)
        Files.makeFolder(cacheFolder)
        try? AtomicFile.write(statistics.json.serialized(pretty: true) + "\n", to: path)
        return statistics
    }

    /// The arithmetic that these numbers ask for. A channel without any variation, which cannot be
    /// scaled to 1, is left unscaled.
    public var normalization: Normalization {
        Normalization(
            mean: mean.map { Float($0) },
            standardDeviation: standardDeviation.map { $0 > 0 ? Float($0) : 1 })
    }

    /// The saved form.
    public var json: JSONValue {
        .object([
            ("mean", .array(mean.map { .number($0) })),
            ("standard_deviation", .array(standardDeviation.map { .number($0) })),
            ("pixels", .integer(pixelCount)),
        ])
    }

    /// Reads the saved form; `nil` if it is not one.
    public init?(json: JSONValue) {
        guard let mean = json["mean"]?.array?.compactMap(\.number), mean.count == 3,
            let deviation = json["standard_deviation"]?.array?.compactMap(\.number),
            deviation.count == 3, let pixelCount = json["pixels"]?.integer, pixelCount > 0,
            mean.allSatisfy({ (0...1).contains($0) }),
            deviation.allSatisfy({ (0...0.5).contains($0) })
        else { return nil }
        self.init(mean: mean, standardDeviation: deviation, pixelCount: pixelCount)
    }
}

/// Sums of the bytes and of their squares; exact up to 10¹⁴ pixels.
struct ChannelSums {
    private(set) var pixelCount = 0
    private var sums: [UInt64] = [0, 0, 0]
    private var squares: [UInt64] = [0, 0, 0]

    mutating func add(_ image: Image) {
        var (red, green, blue) = (UInt64(0), UInt64(0), UInt64(0))
        var (red2, green2, blue2) = (UInt64(0), UInt64(0), UInt64(0))
        image.pixels.withUnsafeBufferPointer { pixels in
            var offset = 0
            while offset + 2 < pixels.count {
                let r = UInt64(pixels[offset])
                let g = UInt64(pixels[offset + 1])
                let b = UInt64(pixels[offset + 2])
                red &+= r
                green &+= g
                blue &+= b
                red2 &+= r &* r
                green2 &+= g &* g
                blue2 &+= b &* b
                offset += 3
            }
        }
        sums = [sums[0] + red, sums[1] + green, sums[2] + blue]
        squares = [squares[0] + red2, squares[1] + green2, squares[2] + blue2]
        pixelCount += image.width * image.height
    }

    var statistics: ChannelStatistics {
        let n = Double(pixelCount)
        let mean = sums.map { Double($0) / n }
        let deviation = zip(squares, mean).map { square, mean in
            (max(Double(square) / n - mean * mean, 0)).squareRoot()
        }
        return ChannelStatistics(
            mean: mean.map { $0 / 255 }, standardDeviation: deviation.map { $0 / 255 },
            pixelCount: pixelCount)
    }
}

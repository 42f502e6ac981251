import Tensor

/// What a data set is made of.
public struct DatasetInspection: Sendable {
    /// A picture size and how many have it.
    public struct SizeCount: Sendable, Equatable {
        /// Height and width.
        public let size: Spatial
        /// The number of pictures.
        public let count: Int
    }

    /// The number of pictures.
    public let count: Int
    /// The names of the classes.
    public let classNames: [String]
    /// The number of pictures of each class.
    public let countsPerClass: [Int]
    /// All sizes that occur, the most frequent first, then the smaller.
    public let sizes: [SizeCount]
    /// The pictures that could not be read and are in no other number but `count`.
    public let failures: [ImageError]
    /// Mean and standard deviation; `nil` if no picture could be read.
    public let statistics: ChannelStatistics?
    /// The set's fingerprint.
    public let fingerprint: String
}

extension Dataset {
    /// Reads every picture and says what there is.
    ///
    /// - Parameter progress: is told, now and then, how many pictures have been read.
    public func inspected(progress: ((Int) -> Void)? = nil) -> DatasetInspection {
        var sums = ChannelSums()
        var sizes: [Spatial: Int] = [:]
        var failures: [ImageError] = []
        for index in 0..<count {
            do {
                let image = try image(at: index)
                sums.add(image)
                sizes[Spatial(height: image.height, width: image.width), default: 0] += 1
            } catch {
                failures.append(error)
            }
            if index % 256 == 255 { progress?(index + 1) }
        }
        let counts = sizes.map { DatasetInspection.SizeCount(size: $0.key, count: $0.value) }
        return DatasetInspection(
            count: count, classNames: classNames, countsPerClass: countsPerClass,
            sizes: counts.sorted {
                (-$0.count, $0.size.height, $0.size.width)
                    < (-$1.count, $1.size.height, $1.size.width)
            },
            failures: failures, statistics: sums.pixelCount > 0 ? sums.statistics : nil,
            fingerprint: fingerprint)
    }
}

/// Some samples, ready for a model.
public struct Batch: Sendable {
    /// Normalised floats, `[N, H, W, 3]`.
    public var images: [Float]
    /// `[N, H, W, 3]`.
    public var shape: [Int]
    /// The classes by the first target of whole pictures, `N` of them.
    public var labels: [Int32]
    /// The classes by each further target of whole pictures, `N` of them each.
    public var furtherLabels: [[Int32]] = []
    /// The share of its own class in each picture; the rest has the class of the picture before it in
    /// the batch, which is the last for the first (`BatchMixing`). 1 where nothing is mixed.
    public var ownShare: Float = 1
    /// The classes of all pixels, `[N, H, W]`, `Mask.ignored` where none counts; empty for data
    /// without masks.
    public var masks: [UInt8]
    /// The samples' places in the data set, `N` of them.
    public var indices: [Int]
    /// The batch's place in its epoch, from 0.
    public var number: Int
    /// The samples left out because they could not be read (`UnreadableImagePolicy.skip`).
    public var failures: [ImageError]

    /// Makes a batch of its parts.
    public init(
        images: [Float], shape: [Int], labels: [Int32], masks: [UInt8] = [],
        indices: [Int], number: Int = 0, failures: [ImageError] = []
    ) {
        self.images = images
        self.shape = shape
        self.labels = labels
        self.masks = masks
        self.indices = indices
        self.number = number
        self.failures = failures
    }

    /// The number of samples.
    public var count: Int { labels.count }

    /// The classes by the target of whole pictures at `position` among those.
    public func labels(of position: Int) -> [Int32] {
        position == 0 ? labels : furtherLabels[position - 1]
    }

    /// The shares of all classes in each picture, `[N, classCount]`, where each has its own of `labels`.
    public func shares(of labels: [Int32], classCount: Int) -> [Float] {
        var shares = [Float](repeating: 0, count: count * classCount)
        for (row, (own, partner)) in zip(labels, partners(of: labels)).enumerated() {
            shares[row * classCount + Int(own)] += ownShare
            shares[row * classCount + Int(partner)] += 1 - ownShare
        }
        return shares
    }

    /// The class that has the larger share in each picture, where each has its own of `labels`.
    public func dominant(of labels: [Int32]) -> [Int32] {
        ownShare >= 0.5 ? labels : partners(of: labels)
    }

    /// The classes of the pictures that are mixed into each.
    public func partners(of labels: [Int32]) -> [Int32] { labels.suffix(1) + labels.dropLast() }
}

/// What happens when a picture cannot be read in the middle of a run.
public enum UnreadableImagePolicy: String, Sendable, Codable, CaseIterable {
    /// The error, which names the file, reaches whoever asks for the batch.
    case fail
    /// The sample is left out; its error is in the batch's `failures`. A batch may so become
    /// smaller, even empty.
    case skip
}

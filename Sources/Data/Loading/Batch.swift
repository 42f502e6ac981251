/// Some samples, ready for a model.
public struct Batch: Sendable {
    /// Normalised floats, `[N, H, W, 3]`.
    public var images: [Float]
    /// `[N, H, W, 3]`.
    public var shape: [Int]
    /// The classes, `N` of them.
    public var labels: [Int32]
    /// The samples' places in the data set, `N` of them.
    public var indices: [Int]
    /// The batch's place in its epoch, from 0.
    public var number: Int
    /// The samples left out because they could not be read (`UnreadableImagePolicy.skip`).
    public var failures: [ImageError]

    /// Makes a batch of its parts.
    public init(
        images: [Float], shape: [Int], labels: [Int32], indices: [Int], number: Int = 0,
        failures: [ImageError] = []
    ) {
        self.images = images
        self.shape = shape
        self.labels = labels
        self.indices = indices
        self.number = number
        self.failures = failures
    }

    /// The number of samples.
    public var count: Int { labels.count }
}

/// What happens when a picture cannot be read in the middle of a run.
public enum UnreadableImagePolicy: String, Sendable, Codable, CaseIterable {
    /// The error, which names the file, reaches whoever asks for the batch.
    case fail
    /// The sample is left out; its error is in the batch's `failures`. A batch may so become
    /// smaller, even empty.
    case skip
}

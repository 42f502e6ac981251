import Tensor

/// What inference does to a decoded picture: resize, centre crop, normalise.
///
/// It is saved in the model file, so that training, evaluation and serving cannot drift apart.
public struct Preprocessing: Sendable, Equatable {
    /// To what size the picture is brought first.
    public var resize: ResizeRule
    /// The size of the middle that is kept then; `nil` keeps all.
    public var crop: Spatial?
    /// The mean of `pixel / 255`: red, green, blue.
    public var mean: [Float]
    /// The standard deviation of `pixel / 255`: red, green, blue.
    public var standardDeviation: [Float]

    /// Makes a rule of its parts.
    public init(
        resize: ResizeRule = .none, crop: Spatial? = nil, mean: [Float], standardDeviation: [Float]
    ) {
        self.resize = resize
        self.crop = crop
        self.mean = mean
        self.standardDeviation = standardDeviation
    }

    /// The arithmetic of the last part.
    public var normalization: Normalization {
        Normalization(mean: mean, standardDeviation: standardDeviation)
    }

    /// The geometric part, in the form that a batch loader takes.
    public var augmentation: Augmentation {
        var steps: [Augmentation.Step] = []
        if resize != .none { steps.append(.resize(resize)) }
        if let crop { steps.append(.centerCrop(crop)) }
        return Augmentation(steps)
    }

    /// The same geometry with the mean and deviation of `other`.
    public func normalized(as other: Preprocessing) -> Preprocessing {
        Preprocessing(
            resize: resize, crop: crop, mean: other.mean,
            standardDeviation: other.standardDeviation)
    }

    /// The size of every result; `nil` if it depends on the picture.
    public var outputSize: Spatial? { augmentation.outputSize }

    /// The size of the result for a picture of the given size.
    public func outputSize(for size: Spatial) -> Spatial { crop ?? resize.outputSize(for: size) }

    /// The picture as the model wants it: floats, `[height, width, 3]`.
    public func apply(_ image: Image) -> [Float] {
        apply(image, normalization)
    }

    /// Many pictures, one after another: floats, `[count, height, width, 3]`.
    ///
    /// All must come out at the same size, which `outputSize` guarantees when it is not `nil`.
    public func apply(_ images: [Image]) -> [Float] {
        let normalization = normalization
        return images.flatMap { apply($0, normalization) }
    }

    private func apply(_ image: Image, _ normalization: Normalization) -> [Float] {
        let view = augmentation.view(of: image, seed: 0, epoch: 0, index: 0)
        let count = view.size.height * view.size.width * 3
        return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            view.write(
                normalization, to: UnsafeMutableBufferPointer(rebasing: buffer[0..<count]))
            initialized = count
        }
    }
}

import Datasets
import Tensor

extension Augmentation {
    /// What the configuration does to training images: geometry, then colours, then, after
    /// normalisation, erasures.
    ///
    /// - Parameter size: Height and width of what comes out; nil is the full size.
    init(_ configuration: Configuration, size: Int? = nil) {
        let (data, settings) = (configuration.data, configuration.augmentation)
        let size = Spatial(size ?? configuration.trainingSize)
        self.init(
            Self.window(data, settings, size) + Self.changes(settings),
            erasures: Self.erasures(settings))
    }

    /// How an image gets the training size.
    private static func window(
        _ data: DataConfiguration, _ settings: AugmentationConfiguration, _ size: Spatial
    ) -> [Step] {
        var steps: [Step] = []
        if let crop = settings.randomResizedCrop {
            steps.append(
                .randomResizedCrop(
                    size, scale: crop.scale.range, ratio: crop.ratio.range,
                    interpolation: data.resampling))
        } else {
            steps += resizing(data, size)
        }
        if let crop = settings.crop {
            steps.append(
                .randomCrop(
                    size, padding: crop.padding, mode: crop.mode == .zero ? .zero : .reflect))
        } else if settings.randomResizedCrop == nil, data.resize == .shorterSide {
            steps.append(.centerCrop(size))
        }
        return steps
    }

    private static func resizing(_ data: DataConfiguration, _ size: Spatial) -> [Step] {
        switch data.resize {
        case .none where size.height == data.imageSize: []
        case .none, .exact: [.resize(.exact(size, data.resampling))]
        case .shorterSide:
            [
                .resize(
                    .shorterSide(
                        Int((Double(size.height) / data.cropFraction).rounded()), data.resampling))
            ]
        }
    }

    /// What happens at that size.
    private static func changes(_ settings: AugmentationConfiguration) -> [Step] {
        var steps: [Step] = []
        switch settings.flip {
        case .none: break
        case .random: steps.append(.horizontalFlip())
        case .alternating: steps.append(.alternatingFlip)
        }
        if settings.trivialAugment { steps.append(.automatic(.trivialAugmentWide)) }
        if let policy = settings.randAugment {
            steps.append(
                .automatic(.randAugment(count: policy.count, magnitude: policy.magnitude)))
        }
        if let jitter = settings.colorJitter {
            steps.append(
                .colorJitter(
                    ColorJitter(
                        brightness: Float(jitter.brightness), contrast: Float(jitter.contrast),
                        saturation: Float(jitter.saturation), hue: Float(jitter.hue),
                        probability: Float(jitter.probability))))
        }
        if settings.greyscale > 0 {
            steps.append(.greyscale(probability: Float(settings.greyscale)))
        }
        return steps
    }

    private static func erasures(_ settings: AugmentationConfiguration) -> [Erasure] {
        var erasures: [Erasure] = []
        if let erasing = settings.randomErasing {
            erasures.append(
                .rectangle(
                    probability: Float(erasing.probability), scale: erasing.scale.range,
                    ratio: erasing.ratio.range, fill: erasing.fill))
        }
        if let cutout = settings.cutout {
            erasures.append(
                .cutout(size: cutout.size, overhangs: cutout.overhang, fill: cutout.fill))
        }
        return erasures
    }
}

extension Configuration {
    /// Height and width of training images, in the end.
    var trainingSize: Int { augmentation.size ?? data.imageSize }

    /// Height and width of training images at first.
    var smallestTrainingSize: Int {
        min(trainingSize, augmentation.progressiveResizing?.initialSize ?? trainingSize)
    }

    /// Height and width of training images in an epoch, from 0.
    func trainingSize(epoch: Int, stepsPerEpoch: Int) -> Int {
        guard let resizing = augmentation.progressiveResizing,
            let steps = totalSteps(stepsPerEpoch: stepsPerEpoch)
        else { return trainingSize }
        return resizing.size(
            at: Double(epoch * stepsPerEpoch) / Double(max(steps, 1)), fullSize: trainingSize)
    }
}

extension BatchMixing {
    /// The configured rule.
    init(_ settings: AugmentationConfiguration.Mixing) {
        self.init(
            mixup: settings.mixup, cutmix: settings.cutmix, probability: settings.probability,
            cutmixShare: settings.cutmixShare)
    }
}

extension [Double] {
    /// The pair as a range.
    fileprivate var range: ClosedRange<Float> { Float(self[0])...Float(self[1]) }
}

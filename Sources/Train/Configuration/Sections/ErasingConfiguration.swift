import Datasets

extension AugmentationConfiguration {
    /// A random rectangle that is wiped out (Zhong et al. 2017).
    public struct RandomErasing: Sendable, Equatable {
        /// The part of the images that lose one.
        public var probability = 0.5
        /// Smallest and largest share of the image's area.
        public var scale = [0.02, 0.33]
        /// Smallest and largest height over width.
        public var ratio = [0.3, 3.3]
        /// What is there instead.
        public var fill = Erasure.Fill.mean

        /// The defaults, as in torchvision.
        public init() {}
    }

    /// A square that is wiped out (DeVries and Taylor 2017).
    public struct Cutout: Sendable, Equatable {
        /// Pixels of a side.
        public var size = 12
        /// Whether only the square's centre need be inside of the image.
        public var overhang = false
        /// What is there instead.
        public var fill = Erasure.Fill.mean

        /// The defaults, as in airbench.
        public init() {}
    }

    /// Pairs of images that become one (Zhang et al. 2017, Yun et al. 2019).
    public struct Mixing: Sendable, Equatable {
        /// α of mixup; nil is never.
        public var mixup: Double? = 0.2
        /// α of CutMix; nil is never.
        public var cutmix: Double? = 1.0
        /// The part of the batches that are mixed at all.
        public var probability = 1.0
        /// With both, the part of the mixed batches that CutMix has.
        public var cutmixShare = 0.5

        /// The defaults, as in torchvision's recipes.
        public init() {}
    }
}

extension Erasure.Fill: ConfigurationChoice {}

extension AugmentationConfiguration.RandomErasing: ConfigurationSection {
    package static let fields: [Field<Self>] = [
        .value(
            "probability", \.probability, rule: .between(0, 1),
            "The part of the images that lose a rectangle."
        ).known(as: "p", "prob"),
        .value(
            "scale", \.scale, rule: .interval(.above(0, upTo: 1)),
            "Smallest and largest share of the image's area."),
        .value(
            "ratio", \.ratio, rule: .interval(.positive),
            "Smallest and largest height over width."),
        .value("fill", \.fill, fillSummary).known(as: "value", "mode"),
    ]

    fileprivate static let fillSummary =
        "What is there instead: the mean colour of the data, black, or random numbers of the "
        + "standard normal distribution."
}

extension AugmentationConfiguration.Cutout: ConfigurationSection {
    package static let fields: [Field<Self>] = [
        .value("size", \.size, rule: .between(1, 4_096), "Side of the square.")
            .counted(in: "pixels").known(as: "length"),
        .value(
            "overhang", \.overhang,
            "Whether the square may reach over the edges, as in the paper; else it lies inside, as "
                + "in airbench."),
        .value("fill", \.fill, AugmentationConfiguration.RandomErasing.fillSummary)
            .known(as: "value", "mode"),
    ]
}

extension AugmentationConfiguration.Mixing: ConfigurationSection {
    package static let fields: [Field<Self>] = [
        .optional(
            "mixup", \.mixup, rule: .above(0, upTo: 100),
            "α of mixup, which blends whole images in a proportion from Beta(α, α) (Zhang et al. "
                + "2017); null is never."
        ).known(as: "mixup_alpha", "alpha"),
        .optional(
            "cutmix", \.cutmix, rule: .above(0, upTo: 100),
            "α of CutMix, which puts a rectangle of one image into the other (Yun et al. 2019); "
                + "null is never."
        ).known(as: "cutmix_alpha"),
        .value(
            "probability", \.probability, rule: .between(0, 1),
            "The part of the batches that are mixed at all."
        ).known(as: "p", "prob", "mixup_prob"),
        .value(
            "cutmix_share", \.cutmixShare, rule: .between(0, 1),
            "With both, the part of the mixed batches that CutMix has; the rest has mixup."
        ).known(as: "switch_prob", "mixup_switch_prob"),
    ]
}

import Datasets

extension AugmentationConfiguration {
    /// Several operations of one strength (Cubuk et al. 2019).
    public struct RandAugment: Sendable, Equatable {
        /// Operations for each image.
        public var count = 2
        /// Their strength.
        public var magnitude = 9

        /// The defaults, as in torchvision.
        public init() {}
    }

    /// Random changes of colours.
    public struct ColorJitter: Sendable, Equatable {
        /// The factor of brightness differs from 1 by up to this.
        public var brightness = 0.4
        /// The factor of contrast differs from 1 by up to this.
        public var contrast = 0.4
        /// The factor of saturation differs from 1 by up to this.
        public var saturation = 0.4
        /// The hue moves by up to this part of its circle.
        public var hue = 0.0
        /// The part of the images that are changed at all.
        public var probability = 1.0

        /// The defaults, as in timm.
        public init() {}
    }
}

extension AugmentationConfiguration.RandAugment: ConfigurationSection {
    package static let fields: [Field<Self>] = [
        .value("count", \.count, rule: .between(1, 14), "Operations for each image.")
            .known(as: "num_ops", "n"),
        .value(
            "magnitude", \.magnitude, rule: .between(0, 30),
            "Their strength; 30 is the strongest."
        ).known(as: "m", "strength"),
    ]
}

extension AugmentationConfiguration.ColorJitter: ConfigurationSection {
    package static let fields: [Field<Self>] = [
        .value(
            "brightness", \.brightness, rule: .between(0, 10),
            "The factor is from 1 - this, but at least 0, to 1 + this."),
        .value("contrast", \.contrast, rule: .between(0, 10), "As for brightness."),
        .value("saturation", \.saturation, rule: .between(0, 10), "As for brightness.")
            .known(as: "color", "colour"),
        .value(
            "hue", \.hue, rule: .between(0, 0.5),
            "The shift is up to this part of the colour circle, either way."),
        .value(
            "probability", \.probability, rule: .between(0, 1),
            "The part of the images that are changed at all."
        ).known(as: "p", "prob"),
    ]
}

/// How training images are varied.
public struct AugmentationConfiguration: Sendable, Equatable {
    /// When an image is mirrored left to right.
    public enum Flip: String, Sendable, CaseIterable {
        /// Never.
        case none
        /// With probability 1/2.
        case random
        /// Half of the images in even epochs, the other half in odd ones.
        case alternating
    }

    /// Pads and cuts out a window at random; nil is off.
    public var crop: Crop?
    /// Cuts out a window of random area and proportions; nil is off.
    public var randomResizedCrop: RandomResizedCrop?
    /// When an image is mirrored left to right.
    public var flip = Flip.none
    /// Height and width of the training images; nil is `data.image_size`.
    public var size: Int?

    /// The defaults: images are left as they are.
    public init() {}

    /// Padding, then a window of the input's size at a random place.
    public struct Crop: Sendable, Equatable {
        /// What the padding is made of.
        public enum Mode: String, Sendable, CaseIterable {
            /// Black, before normalisation.
            case zero
            /// The image mirrored at its border.
            case reflect
        }

        /// Pixels added on each side.
        public var padding = 4
        /// What they are made of.
        public var mode = Mode.zero

        /// The defaults: 4 black pixels.
        public init() {}
    }

    /// A window of random area and proportions, scaled to the input's size (Szegedy et al., 2015).
    public struct RandomResizedCrop: Sendable, Equatable {
        /// Smallest and largest share of the image's area.
        public var scale = [0.08, 1.0]
        /// Smallest and largest width over height.
        public var ratio = [0.75, 4.0 / 3.0]

        /// The defaults, as in torchvision.
        public init() {}
    }
}

extension AugmentationConfiguration.Flip: ConfigurationChoice {}
extension AugmentationConfiguration.Crop.Mode: ConfigurationChoice {}

extension AugmentationConfiguration: ConfigurationSection {
    package static let fields: [Field<AugmentationConfiguration>] = [
        .optionalSection(
            "crop", \.crop,
            "Pads the image and cuts out a window of the training size at a random place; null is "
                + "off, `{}` is on with these defaults."
        ).known(as: "random_crop"),
        .optionalSection(
            "random_resized_crop", \.randomResizedCrop,
            "Cuts out a window of random area and proportions and scales it to the training size; "
                + "null is off, `{}` is on with these defaults."
        ).known(as: "rrc"),
        .value(
            "flip", \.flip,
            "Mirrors images left to right: `random` each with probability 1/2, `alternating` half "
                + "of them in even epochs and the other half in odd ones."
        ).known(as: "hflip", "horizontal_flip", "random_flip"),
        .optional(
            "size", \.size, rule: .between(8, 4_096),
            "Height and width of the training images; null is `data.image_size`."
        ).counted(in: "pixels").known(as: "train_crop_size", "train_size"),
    ]
}

extension AugmentationConfiguration.Crop: ConfigurationSection {
    package static let fields: [Field<Self>] = [
        .value("padding", \.padding, rule: .between(0, 1_024), "Added on each side before cutting.")
            .counted(in: "pixels").known(as: "pad"),
        .value(
            "mode", \.mode,
            "What the padding is made of: black (`zero`) or the image mirrored at its border "
                + "(`reflect`)."
        ).known(as: "padding_mode"),
    ]
}

extension AugmentationConfiguration.RandomResizedCrop: ConfigurationSection {
    package static let fields: [Field<Self>] = [
        .value(
            "scale", \.scale, rule: .interval(.above(0, upTo: 1)),
            "Smallest and largest share of the image's area."),
        .value(
            "ratio", \.ratio, rule: .interval(.positive),
            "Smallest and largest width over height."),
    ]
}

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
    /// Whether each image goes through one operation of TrivialAugment's wide space.
    public var trivialAugment = false
    /// Operations of one strength, drawn for each image; nil is off.
    public var randAugment: RandAugment?
    /// Random changes of colours; nil is off.
    public var colorJitter: ColorJitter?
    /// The part of the images that lose their colours.
    public var greyscale = 0.0
    /// Wipes out a random rectangle; nil is off.
    public var randomErasing: RandomErasing?
    /// Wipes out a square; nil is off.
    public var cutout: Cutout?
    /// Mixes images and their classes in pairs; nil is off.
    public var mixing: Mixing?
    /// Height and width of the training images; nil is `data.image_size`.
    public var size: Int?
    /// Training images that are small at first and grow; nil is off.
    public var progressiveResizing: ProgressiveResizing?

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
                + " Padding 4 with `reflect` is airbench's translation by up to 4 pixels."
        ).known(as: "random_crop", "translate", "translation"),
        .optionalSection(
            "random_resized_crop", \.randomResizedCrop,
            "Cuts out a window of random area and proportions and scales it to the training size "
                + "(Szegedy et al. 2015); null is off, `{}` is on with these defaults."
        ).known(as: "rrc"),
        .value(
            "flip", \.flip,
            "Mirrors images left to right: `random` each with probability 1/2, `alternating` half "
                + "of them in even epochs and the other half in odd ones (Jordan 2024, airbench)."
        ).known(as: "hflip", "horizontal_flip", "random_flip"),
        .value(
            "trivial_augment", \.trivialAugment,
            "Each image goes through one operation of random strength: shear, translation, "
                + "rotation, brightness, colour, contrast, sharpness, posterize, solarize, "
                + "autocontrast, equalize or none (Müller and Hutter 2021, wide space, as in "
                + "torchvision)."
        ).known(as: "trivial_augment_wide", "ta_wide", "auto_augment", "aa"),
        .optionalSection(
            "rand_augment", \.randAugment,
            "Each image goes through several of these operations, all of one strength (Cubuk et "
                + "al. 2019, as in torchvision); null is off, `{}` is on with these defaults."
        ).known(as: "randaugment", "ra"),
        .optionalSection(
            "color_jitter", \.colorJitter,
            "Changes brightness, contrast, saturation and hue in random order, as torchvision "
                + "does; null is off, `{}` is on with these defaults."
        ).known(as: "colour_jitter", "jitter", "colorjitter"),
        .value(
            "greyscale", \.greyscale, rule: .between(0, 1),
            "The part of the images that lose their colours."
        ).known(as: "grayscale", "random_grayscale"),
        .optionalSection(
            "random_erasing", \.randomErasing,
            "Wipes out a rectangle of random place, area and proportions after normalisation "
                + "(Zhong et al. 2017); null is off, `{}` is on with these defaults."
        ).known(as: "random_erase", "reprob", "erasing"),
        .optionalSection(
            "cutout", \.cutout,
            "Wipes out a square at a random place after normalisation (DeVries and Taylor 2017); "
                + "null is off, `{}` is on with these defaults."
        ),
        .optionalSection(
            "mixing", \.mixing,
            "Mixes each image of a batch with the one before it, and their classes in the same "
                + "proportion; training accuracy then counts the class with the larger share. "
                + "null is off, `{}` is on with these defaults."
        ).known(as: "mixup", "cutmix", "mixup_alpha", "cutmix_alpha"),
        .optional(
            "size", \.size, rule: .between(8, 4_096),
            "Height and width of the training images; null is `data.image_size`."
        ).counted(in: "pixels").known(as: "train_crop_size", "train_size"),
        .optionalSection(
            "progressive_resizing", \.progressiveResizing,
            "Training images are small at first and grow from epoch to epoch, so that early epochs "
                + "cost less (Howard 2018); validation and test images always have "
                + "`data.image_size`. null is off, `{}` is on with these defaults."
        ).known(as: "progressive", "progressive_resize", "resolution"),
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
